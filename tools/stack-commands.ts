import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, promisify } from "node:util";
import { randomUUID } from "node:crypto";
import { UserError } from "./cli";

/** What `pulumi stack export` returns, as far as it is read here. */
export interface Deployment {
  resources?: ResourceState[];
  pending_operations?: { type: string; resource: ResourceState }[];
}

export interface ResourceState {
  urn: string;
  type: string;
  custom?: boolean;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** URN of the component that it is a part of. */
  parent?: string;
  /** URNs of what must exist before it. */
  dependencies?: string[];
  /** What was made, and could not be made ready or read. */
  initErrors?: string[];
  /** True for what a replacement has left to be deleted. */
  delete?: boolean;
  /** True for what a replacement has deleted already, and has not made again yet. */
  pendingReplacement?: boolean;
}

/** Where and how the Pulumi CLI runs. */
export interface Surroundings {
  /** Path or name of the CLI. */
  cli: string;
  stack: string;
  folder: string;
  environment: NodeJS.ProcessEnv;
}

/** The CLI's commands on one stack that run no program. */
export class StackCommands {
  constructor(private readonly surroundings: Surroundings) {}

  /** Runs a command and returns what it prints. */
  async query(...args: string[]): Promise<string> {
    const { cli, environment, folder, stack } = this.surroundings;
    const { stdout } = await promisify(execFile)(cli, ["--non-interactive", ...args, "--stack", stack], {
      cwd: folder,
      env: environment,
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout;
  }

  /** Releases the lock of an engine that was killed. */
  async unlock(): Promise<void> {
    await this.query("cancel", "--yes");
  }

  /** The state, with its secrets encrypted. */
  async export(): Promise<Deployment> {
    return (JSON.parse(await this.query("stack", "export")) as { deployment: Deployment }).deployment;
  }

  /**
   * Replaces the state.
   * @param read the state that it was made from, as exported
   * @throws UserError where that is not the state any more: what another command has written since would be lost
   */
  async import(deployment: Deployment, read: Deployment): Promise<void> {
    if (!isDeepStrictEqual(await this.export(), read)) {
      throw new UserError(
        `Another command has changed the state of "${this.surroundings.stack}" in the meantime. Run the same command again.`,
      );
    }
    const file = join(tmpdir(), `tap-state-${randomUUID()}.json`);
    writeFileSync(file, JSON.stringify({ version: 3, deployment }), { mode: 0o600 });
    try {
      await this.query("stack", "import", "--file", file);
    } finally {
      rmSync(file);
    }
  }
}
