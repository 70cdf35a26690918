import { hostname } from "node:os";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { UserError } from "./cli";
import type { Engine } from "./engine";
import type { ClientConfig } from "./leftovers/inventory";
import { isAlive } from "./process";
import { adoptPending } from "./recovery/pending";
import type { Deployment } from "./stack-commands";

/** Makes a local stack usable again that was left in any state: by a killed engine, or by a local AWS that has been restarted empty. */
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
  if (state.pending_operations === undefined) return;
  await engine.configure();
  await adoptPending(engine, state, config);
}

/** The engine locks a stack with a file that names its process; a killed one leaves it behind. */
function refuseIfBusy(engine: Engine): void {
  const alive = engine.locks().find((owner) => owner.hostname === hostname() && isAlive(owner.pid));
  if (alive) {
    throw new UserError(`Another command is working on "${engine.stack}" (process ${alive.pid}). Wait for it to end.`);
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
