import type { Recorded, Values } from "../unit/recorder";
import { additions } from "./additions";
import { flipsOf } from "./flips";
import { changedAt, isDocument, type Path } from "./values";

/** Resource options, of those that are set, that are left out. */
export const options = ["beforeCreate", "ignoreChanges", "retainOnDelete"] as const;

/** What may become of a resource. */
export type Change =
  | { kind: "input"; path: Path; flip: string }
  | { kind: "added"; input: string }
  | { kind: "not secret"; path: string }
  /** `<Class> <name>` of what it then no longer waits for. */
  | { kind: "not after"; dependency: string }
  | { kind: "without"; option: (typeof options)[number] }
  | { kind: "removed" };

/** In words, without whose change it is. */
export function titleOfChange(change: Change): string {
  switch (change.kind) {
    case "input":
      return `${change.path.join(".")} ${change.flip}`;
    case "added":
      return `${change.input} added`;
    case "not secret":
      return `${change.path} not secret`;
    case "not after":
      return `not after ${change.dependency}`;
    case "without":
      return `without ${change.option}`;
    case "removed":
      return "removed";
  }
}

/** A resource after a change: none if that removes it, the same object if it has nothing to change. */
export function changed(resource: Recorded, change: Change): Recorded[] {
  switch (change.kind) {
    case "input":
      return [withInput(resource, change)];
    case "added": {
      const value = additions[classOf(resource.type)]?.[change.input];
      return [{ ...resource, inputs: { ...resource.inputs, [change.input]: value } }];
    }
    case "not secret": {
      const secretInputs = resource.secretInputs.filter((path) => path !== change.path);
      return [secretInputs.length < resource.secretInputs.length ? { ...resource, secretInputs } : resource];
    }
    case "not after":
      return [independent(resource, [change.dependency])];
    case "without":
      return [isSet(resource, change.option) ? { ...resource, ...unset(change.option) } : resource];
    case "removed":
      return [];
  }
}

export function isSet(resource: Recorded, option: (typeof options)[number]): boolean {
  const value = resource[option];
  return Array.isArray(value) ? value.length > 0 : value;
}

/** Without hooks, nothing objects any more. */
function unset(option: (typeof options)[number]): Partial<Recorded> {
  if (option === "beforeCreate") return { beforeCreate: [], objections: [] };
  return option === "ignoreChanges" ? { ignoreChanges: [] } : { [option]: false };
}

function withInput(resource: Recorded, { path, flip }: { path: Path; flip: string }): Recorded {
  const inputs = changedAt(resource.inputs, path, (value) => {
    const found = flipsOf(path, value).find(({ title }) => title === flip);
    return found ? found.value : value;
  }) as Values;
  return inputs === resource.inputs ? resource : withoutOrigins({ ...resource, inputs }, resource.inputs, path);
}

/**
 * A changed resource no longer refers to what the changed input came from: all of it, if the input is another as a whole; else what the input held the id of,
 * and holds no longer.
 */
function withoutOrigins(resource: Recorded, before: Values, [input = "", ...rest]: Path): Recorded {
  const origins = resource.references[input] ?? [];
  const after = resource.inputs[input];
  const isReplaced = after === undefined || (rest.length === 0 && typeof after === "string" && !isDocument(after));
  const holds = (value: unknown, urn: string) => JSON.stringify(value).includes(titleOfUrn(urn).replace(" ", "-"));
  const lost = origins.filter((urn) => isReplaced || (holds(before[input], urn) && !holds(after, urn)));
  const references = { ...resource.references, [input]: origins.filter((urn) => !lost.includes(urn)) };
  const referred = Object.values(references).flat();
  const gone = lost.filter((urn) => !referred.includes(urn)).map(titleOfUrn);
  return independent(
    { ...resource, references },
    gone.filter((title) => !resource.dependsOn.includes(title)),
  );
}

function independent(resource: Recorded, titles: string[]): Recorded {
  if (!titles.some((title) => resource.dependencies.includes(title))) return resource;
  const without = (all: string[]) => all.filter((title) => !titles.includes(title));
  return { ...resource, dependencies: without(resource.dependencies), dependsOn: without(resource.dependsOn) };
}

/** `urn:pulumi:dev::tap::tap:network:Vpc$aws:ec2/subnet:Subnet::data-1` is `Subnet data-1`. */
function titleOfUrn(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${classOf(type)} ${name}`;
}

export function classOf(type: string): string {
  return type.split(":").at(-1) ?? "";
}
