import { hostname } from "node:os";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { UserError } from "./cli";
import type { Deployment, Engine, ResourceState } from "./engine";
import { findLeftovers } from "./leftovers";
import type { ClientConfig, Found } from "./leftovers/inventory";
import { physicalName } from "./physical-name";

/** Makes a stack usable again that was left in any state: by a killed engine, or by a local AWS that has been restarted empty. */
export async function recover(engine: Engine, config: ClientConfig): Promise<void> {
  refuseIfBusy(engine);
  engine.repair();
  if (!engine.exists()) return;
  if (engine.locks().length > 0) await engine.unlock();
  const state = await engine.export();
  if (await isStale(state, config)) {
    console.log(
      `The local AWS has been restarted empty since "${engine.stack}" was deployed: its old state is dropped.`,
    );
    await engine.remove();
    return;
  }
  const pending = state.pending_operations ?? [];
  if (pending.length === 0) return;

  console.log(`The last run was cut off during ${pending.length} operations: looking up what became of them …`);
  const created = pending.filter(({ type }) => type === "creating").map(({ resource }) => resource);
  const adopted = adopt(created, await findLeftovers(config, engine.stack), state.resources ?? []);
  // Pulumi 3.256 has `refresh --import-pending-creates` for this, but that only forgets them.
  await engine.import({ ...state, resources: [...(state.resources ?? []), ...adopted], pending_operations: [] });
  await engine.configure();
  const { succeeded } = await engine.refresh();
  if (!succeeded) {
    throw new UserError("The state could not be brought in line with the cloud. The engine's output is above.");
  }
}

/**
 * Those of the resources that were being created that can have come to exist, in the form in which the state keeps resources.
 * A refresh then reads what they really are, and drops those that do not exist.
 */
export function adopt(created: ResourceState[], existing: Found[], known: ResourceState[]): ResourceState[] {
  const taken = new Set(known.map(({ id }) => id));
  return created.flatMap((resource) => {
    const id = impliedId(resource) ?? findId(resource, existing, taken);
    if (id === undefined) return [];
    taken.add(id);
    return [{ ...resource, id, outputs: resource.inputs }];
  });
}

/** The provider's identifier of what AWS refuses to create twice and the sweep does not list, as it is a part of something else. */
function impliedId({ type, inputs = {} }: ResourceState): string | undefined {
  const text = (input: string) => String(inputs[input]);
  switch (type) {
    case "aws:apigateway/stage:Stage":
      return `ag-${text("restApi")}-${text("stageName")}`;
    case "aws:cognito/resourceServer:ResourceServer":
      return `${text("userPoolId")}|${text("identifier")}`;
    case "aws:cognito/userPoolDomain:UserPoolDomain":
      return text("domain");
    case "aws:ec2/route:Route":
      return `${text("routeTableId")}_${text("destinationCidrBlock")}`;
    default:
      return undefined;
  }
}

function findId({ type, inputs = {} }: ResourceState, existing: Found[], taken: Set<unknown>): string | undefined {
  const name = physicalName(inputs);
  return existing.find(
    (found) => found.type === type && !taken.has(found.id) && (name === undefined || found.names.includes(name)),
  )?.id;
}

/** The engine locks a stack with a file that names its process; a killed one leaves it behind. */
function refuseIfBusy(engine: Engine): void {
  const alive = engine.locks().find((owner) => owner.hostname === hostname() && isAlive(owner.pid));
  if (alive) {
    throw new UserError(`Another command is working on "${engine.stack}" (process ${alive.pid}). Wait for it to end.`);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** True when the cloud knows none of the things that every environment begins with. */
async function isStale({ resources = [] }: Deployment, config: ClientConfig): Promise<boolean> {
  const ids = (type: string) =>
    resources.flatMap((resource) => (resource.type === type && resource.id ? [resource.id] : []));
  const vpcs = ids("aws:ec2/vpc:Vpc");
  const keys = ids("aws:kms/key:Key");
  if (vpcs.length + keys.length === 0) return false;

  const { Vpcs = [] } = await new EC2Client(config).send(new DescribeVpcsCommand({}));
  if (Vpcs.some(({ VpcId = "" }) => vpcs.includes(VpcId))) return false;
  const kms = new KMSClient(config);
  const found = await Promise.all(
    keys.map((KeyId) =>
      kms.send(new DescribeKeyCommand({ KeyId })).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Error && error.name === "NotFoundException") return false;
          throw error;
        },
      ),
    ),
  );
  return !found.includes(true);
}
