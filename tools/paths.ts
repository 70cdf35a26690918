import { join, resolve } from "node:path";

/** The folder of the repository. */
export const repository = resolve(__dirname, "..");

/** The rules that every deployment is held to. */
export const policyPack = join(repository, "policy");

export type LocalFolder = ReturnType<typeof localFolder>;

/**
 * Where a local AWS and the environments in it keep what they need between commands. Nothing of it belongs into git.
 * @param root absolute path; `.local` of the repository unless a test needs its own.
 */
export function localFolder(root = join(repository, ".local")) {
  return {
    root,
    /** URL of the local AWS that was started from here. */
    endpoint: join(root, "endpoint"),
    pid: join(root, "aws.pid"),
    log: join(root, "aws.log"),
    /** What the local AWS itself keeps. */
    awsState: join(root, "aws"),
    /** Pulumi's file backend. */
    state: join(root, "state"),
    passphrase: join(root, "passphrase"),
    config: (stack: string) => join(root, `Pulumi.${stack}.yaml`),
    outputs: (stack: string) => join(root, `outputs-${stack}.json`),
    /** The engine's events of the last operation on a stack, one JSON object a line. */
    events: (stack: string) => join(root, `events-${stack}.jsonl`),
  };
}
