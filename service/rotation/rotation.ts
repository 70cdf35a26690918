import { RotationError } from "./rotation-error";
import type { SecretVersions } from "./secret-versions";

export type Step = "createSecret" | "setSecret" | "testSecret" | "finishSecret";

/** The rotation of one secret to one version. */
export interface Rotation<T> {
  versions: SecretVersions<T>;
  /** The version that is to become current; Secrets Manager's request token. */
  versionId: string;
  /** Moment until which a change of the target may take, in milliseconds of `Date.now()`. */
  deadline: number;
}

/** What the secret's values are for. Everything may be repeated, as Secrets Manager repeats what failed. */
export interface RotationTarget<T> {
  /** A new value, which the target knows nothing of. */
  generate(rotation: Rotation<T>): Promise<T>;
  /** Makes the target accept the pending value beside the current one. */
  set(pending: T, rotation: Rotation<T>): Promise<void>;
  /** Fails where the target refuses the value. */
  test(stage: "pending" | "current", value: T, rotation: Rotation<T>): Promise<void>;
  /** What is left to do once the new value is current. */
  settle?(rotation: Rotation<T>): Promise<void>;
}

/**
 * One step of a rotation (Secrets Manager user guide, "Rotation by Lambda function"). Secrets Manager repeats steps,
 * and whole rotations with the same version, after a failure; so each looks at what is there and does only what is
 * missing.
 */
export async function rotate<T>(step: Step, target: RotationTarget<T>, rotation: Rotation<T>): Promise<void> {
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
      return isCurrent ? undefined : createSecret(target, rotation);
    case "setSecret":
      return isCurrent ? undefined : target.set(await versions.read("AWSPENDING", versionId), rotation);
    case "testSecret":
      return isCurrent ? undefined : testSecret(target, rotation);
    case "finishSecret":
      if (!isCurrent) await finishSecret(target, rotation, versionWith("AWSCURRENT", byVersion));
      // Alone where an earlier attempt got no further than to make the version current.
      return target.settle?.(rotation);
  }
}

/** An earlier attempt may have made the value; the target may even accept it by now. */
async function createSecret<T>(target: RotationTarget<T>, rotation: Rotation<T>): Promise<void> {
  const { versions, versionId } = rotation;
  if ((await versions.find("AWSPENDING", versionId)) === null)
    await versions.putPending(versionId, await target.generate(rotation));
}

/**
 * Where rotation is configured without rotating at once, Secrets Manager runs this step alone, on a pending copy of the
 * current version, to test the configuration: then the current value must do. The same where the version has no value.
 */
async function testSecret<T>(target: RotationTarget<T>, rotation: Rotation<T>): Promise<void> {
  const { versions, versionId } = rotation;
  const current = await versions.read("AWSCURRENT");
  const pending = (await versions.find("AWSPENDING", versionId)) ?? current;
  await target.test(versions.areSame(pending, current) ? "current" : "pending", pending, rotation);
}

async function finishSecret<T>(
  target: RotationTarget<T>,
  rotation: Rotation<T>,
  currentVersionId: string | undefined,
): Promise<void> {
  const { versions, versionId } = rotation;
  await target.test("pending", await versions.read("AWSPENDING", versionId), rotation);
  await versions.makeCurrent(versionId, currentVersionId);
}

const versionWith = (stage: string, byVersion: Record<string, string[]>) =>
  Object.keys(byVersion).find((versionId) => byVersion[versionId]?.includes(stage));
