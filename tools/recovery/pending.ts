import { UserError } from "../cli";
import { findLeftovers } from "../leftovers";
import type { ClientConfig, Found } from "../leftovers/inventory";
import { withoutOtherRegions } from "../leftovers/other-regions";
import { withProgress } from "../progress";
import type { Deployment, ResourceState } from "../stack-commands";
import { adoptions, type Cloud, type Identity } from "./adoption";
import { identitiesOf, withoutDeleted } from "./identity";
import { groupsIn, rulesOf, withoutLostRules } from "./security-group-rules";
import { settlings } from "./settling";

/** What recovery needs of a stack. */
export interface RecoverableStack {
  /** Name of the stack. */
  stack: string;
  /** Replaces the state that was read, unless another command has changed it since. */
  import(deployment: Deployment, read: Deployment): Promise<void>;
  /** Brings the state in line with the cloud: what is not there any more is dropped, what has changed is noted. */
  refresh(): Promise<{ succeeded: boolean }>;
}

/**
 * Ends what a killed engine has left pending: what it was creating and what exists is taken into the state, and a refresh finds out the rest.
 * @param state the stack's, as exported
 */
export async function adoptPending(stack: RecoverableStack, state: Deployment, config: ClientConfig): Promise<void> {
  const { pending_operations: pending = [], resources = [] } = state;
  console.log(`The last run was cut off during ${pending.length} operations: looking up what became of them …`);
  const creating = pending.filter(({ type }) => type === "creating").map(({ resource }) => resource);
  const adopted = await adopt(creating, resources, { config, existing: await existingOf(resources, config) });
  await takeOver(stack, state, withAdopted(resources, adopted), config);
}

/**
 * Replaces the resources of the state and brings it in line with the cloud.
 * @param read the stack's state, as exported
 */
export async function takeOver(
  stack: RecoverableStack,
  read: Deployment,
  resources: ResourceState[],
  config: ClientConfig,
): Promise<void> {
  const kept = withoutLostRules(resources, await rulesOf(groupsIn(resources), config));
  await stack.import({ ...read, resources: kept, pending_operations: [] }, read);
  const { succeeded } = await stack.refresh();
  if (!succeeded) {
    throw new UserError("The state could not be brought in line with the cloud. The engine's output is above.");
  }
}

/**
 * Those of the resources that exist, or may exist, in the form in which the state keeps resources.
 * A refresh then reads what they really are, and drops those that do not exist.
 */
export async function adopt(
  wanted: ResourceState[],
  known: ResourceState[],
  { config, existing }: Pick<Cloud, "config" | "existing">,
): Promise<ResourceState[]> {
  const existent = withoutDeleted(known);
  const taken = new Set(existent.flatMap(identitiesOf));
  const present = new Set(existent.map(({ urn }) => urn));
  const adopted: ResourceState[] = [];
  for (const resource of wanted) {
    // Without what it needs it was not even begun, and a state that names what it does not hold is refused.
    if (!needs(resource).every((urn) => present.has(urn))) continue;
    const found = await identify(resource, { config, existing, taken });
    if (!found) continue;
    const settle = settlings[resource.type];
    if (settle) {
      await withProgress(`Waiting for ${resource.type.split(":")[2] ?? ""} ${found.id}`, () =>
        settle(found.id, config),
      );
    }
    const state = adoptedState(resource, found);
    for (const one of identitiesOf(state)) taken.add(one);
    present.add(resource.urn);
    adopted.push(state);
  }
  return adopted;
}

/** URNs of what is there before a resource is begun. */
function needs({ dependencies = [], parent }: ResourceState): string[] {
  return parent === undefined ? dependencies : [parent, ...dependencies];
}

/** What exists of an environment with this state. */
export async function existingOf(resources: ResourceState[], config: ClientConfig): Promise<Found[]> {
  const provider = providerOf(resources);
  if (!provider) return [];
  return withProgress("Asking AWS what exists of the environment", async () =>
    withoutOtherRegions(config, await findLeftovers(config, provider.environmentSuffix)),
  );
}

function identify(
  { type, inputs = {} }: ResourceState,
  cloud: Cloud,
): Promise<Identity | undefined> | Identity | undefined {
  return adoptions[type]?.({ type, inputs }, cloud);
}

function adoptedState(resource: ResourceState, { id, outputs }: Identity): ResourceState {
  // A second request gives an API its document; without it in the outputs the next `up` sends it again.
  const { body, ...readable } = resource.inputs ?? {};
  return { ...resource, id, outputs: { ...readable, id, ...outputs } };
}

/**
 * What an adopted resource replaces is left to be deleted, as the engine does it. What was deleted before that leaves the state: the engine would delete by its
 * identifier, which may be the adopted one's, too.
 */
export function withAdopted(resources: ResourceState[], adopted: ResourceState[]): ResourceState[] {
  const urns = new Set(adopted.map(({ urn }) => urn));
  const kept = resources.flatMap((known) => {
    if (!urns.has(known.urn)) return [known];
    return known.pendingReplacement ? [] : [{ ...known, delete: true }];
  });
  return afterTheirNeeds([...kept, ...adopted]);
}

/** The resources in their order, but each after what it needs, as a state must have them: what needs the deleted one stands before the adopted one. */
function afterTheirNeeds(resources: ResourceState[]): ResourceState[] {
  const ordered: ResourceState[] = [];
  const begun = new Set<ResourceState>();
  const placed = new Set<string>();
  const place = (resource: ResourceState) => {
    if (begun.has(resource)) return;
    begun.add(resource);
    for (const urn of needs(resource).filter((urn) => !placed.has(urn))) {
      const needed = resources.find((other) => other.urn === urn);
      if (needed) place(needed);
    }
    ordered.push(resource);
    placed.add(resource.urn);
  };
  resources.forEach(place);
  return ordered;
}

/** Where an environment is and what it is called, by the provider in its state; undefined before anything can have been created. */
export function providerOf(resources: ResourceState[]): { region: string; environmentSuffix: string } | undefined {
  const inputs = resources
    .filter(({ type }) => type === "pulumi:providers:aws")
    .map((provider) => provider.inputs as { region: string; defaultTags?: string })
    .find(({ defaultTags }) => defaultTags !== undefined);
  if (inputs?.defaultTags === undefined) return undefined;
  const { tags } = JSON.parse(inputs.defaultTags) as { tags: { Environment: string } };
  return { region: inputs.region, environmentSuffix: tags.Environment };
}
