import type { ReplicationGroup } from "./replication-group";
import { RotationError } from "./rotation-error";
import type { SecretVersions } from "./secret-versions";

export type Step = "createSecret" | "setSecret" | "testSecret" | "finishSecret";

export interface Rotation {
  versions: SecretVersions;
  group: ReplicationGroup;
  /** The version that is to become current; Secrets Manager's request token. */
  versionId: string;
  /** Moment until which a change of the group may take, in milliseconds of `Date.now()`. */
  deadline: number;
}

/**
 * One step of a rotation (Secrets Manager user guide, "Rotation by Lambda function"). Secrets Manager repeats steps, and
 * whole rotations with the same version, after a failure; so each looks at what is there and does only what is missing.
 *
 * Readers take the AWSCURRENT token, and it works at any moment:
 * - until `setSecret`, Redis knows nothing of the new token;
 * - from `ROTATE` on it accepts both, so it does not matter which one is current when a step fails;
 * - `finishSecret` makes the new one current first. Only then does `SET` shut out the old one, which by now nobody
 *   reads any longer. Were it the other way round, a failure in between would leave readers with a refused token.
 *
 * A failed rotation must be resumed, not given up for one with another version: Redis accepts the last two tokens only,
 * and a third one would displace the current one.
 */
export async function rotate(step: Step, rotation: Rotation): Promise<void> {
  const { versions, versionId } = rotation;
  const { rotationEnabled, byVersion } = await versions.stages();
  if (!rotationEnabled) throw new RotationError("rotation is not enabled for the secret");
  const stages = byVersion[versionId];
  if (!stages) throw new RotationError(`the secret has no version ${versionId}`);

  const isCurrent = stages.includes("AWSCURRENT");
  if (!isCurrent && !stages.includes("AWSPENDING"))
    throw new RotationError(`version ${versionId} is not staged as AWSPENDING`);

  switch (step) {
    case "createSecret":
      return isCurrent ? undefined : createSecret(rotation);
    case "setSecret":
      return isCurrent ? undefined : setSecret(rotation);
    case "testSecret":
      return isCurrent ? undefined : testSecret(rotation);
    case "finishSecret":
      return isCurrent ? shutOutPrevious(rotation) : finishSecret(rotation, versionWith("AWSCURRENT", byVersion));
  }
}

/** An earlier attempt may have made the token; Redis may even accept it by now. */
async function createSecret({ versions, versionId }: Rotation): Promise<void> {
  if ((await versions.find("AWSPENDING", versionId)) === null) await versions.createPending(versionId);
}

async function setSecret({ versions, group, versionId, deadline }: Rotation): Promise<void> {
  await group.rotateTo(await versions.read("AWSPENDING", versionId), deadline);
}

/**
 * Where rotation is configured without rotating at once, Secrets Manager runs this step alone, on a version without a
 * token, to test the configuration: then the current token must do.
 */
async function testSecret({ versions, group, versionId }: Rotation): Promise<void> {
  const pending = await versions.find("AWSPENDING", versionId);
  if (pending !== null) await requireAccepted(group, "pending", pending);
  else await requireAccepted(group, "current", await versions.read("AWSCURRENT"));
}

async function finishSecret(rotation: Rotation, currentVersionId: string | undefined): Promise<void> {
  const { versions, group, versionId } = rotation;
  await requireAccepted(group, "pending", await versions.read("AWSPENDING", versionId));
  await versions.makeCurrent(versionId, currentVersionId);
  await shutOutPrevious(rotation);
}

async function requireAccepted(group: ReplicationGroup, which: string, token: string): Promise<void> {
  if (!(await group.accepts(token))) throw new RotationError(`Redis refuses the ${which} token`);
}

/** Alone where an earlier attempt got no further than to make the version current. */
async function shutOutPrevious({ versions, group, versionId, deadline }: Rotation): Promise<void> {
  const current = await versions.read("AWSCURRENT", versionId);
  await group.setOnly(current, await versions.read("AWSPREVIOUS"), deadline);
}

const versionWith = (stage: string, byVersion: Record<string, string[]>) =>
  Object.keys(byVersion).find((versionId) => byVersion[versionId]?.includes(stage));
