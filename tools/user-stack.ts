import { spawn } from "node:child_process";
import { once } from "node:events";
import { UserError } from "./cli";
import { repository } from "./paths";
import { type Deployment, type ResourceState, StackCommands } from "./stack-commands";

/** What `pulumi preview --json` prints, as far as it is read here. */
interface Preview {
  steps?: { op: string; oldState?: ResourceState; newState?: ResourceState }[];
  diagnostics?: { message: string; severity: string }[];
}

/** A stack of the program by the user's own Pulumi login and AWS credentials. */
export class UserStack {
  private readonly commands: StackCommands;

  constructor(
    private readonly cli: string,
    readonly stack: string,
  ) {
    this.commands = new StackCommands({ cli, stack, folder: repository, environment: this.environment });
  }

  export(): Promise<Deployment> {
    return this.commands.export();
  }

  /** Replaces the state that was read, unless another command has changed it since. */
  import(deployment: Deployment, read: Deployment): Promise<void> {
    return this.commands.import(deployment, read);
  }

  /**
   * Takes the lock and gives it back; fails where somebody has it. Changes nothing, as no stack is ever to be replaced itself, and keeps
   * the pending operations, which an import would drop.
   */
  async tryLock(resources: ResourceState[]): Promise<void> {
    const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    await this.commands.query("state", "untaint", root?.urn ?? "--all", "--yes");
  }

  unlock(): Promise<void> {
    return this.commands.unlock();
  }

  /**
   * What the next `up` would create, also in place of what a replacement has deleted before; secrets in its inputs, and what is not known yet, are
   * left out.
   */
  async missing(): Promise<ResourceState[]> {
    const { steps = [] } = await this.preview();
    return steps.flatMap(({ op, oldState, newState }) => {
      const creates = op === "create" || (op === "replace" && oldState?.pendingReplacement === true);
      return creates && newState?.custom ? [{ ...newState, inputs: known(newState.inputs ?? {}) }] : [];
    });
  }

  private async preview(): Promise<Preview> {
    try {
      return JSON.parse(await this.commands.query("preview", "--json")) as Preview;
    } catch (error) {
      const { stdout = "" } = error as { stdout?: string };
      if (!stdout.startsWith("{")) throw error;
      const { diagnostics = [] } = JSON.parse(stdout) as Preview;
      const said = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
      throw new UserError(`What the program wants cannot be told, as its preview fails:\n${said.join("\n")}`);
    }
  }

  async refresh(): Promise<{ succeeded: boolean }> {
    const child = spawn(this.cli, ["refresh", "--skip-preview", "--yes", "--stack", this.stack], {
      cwd: repository,
      env: this.environment,
      stdio: "inherit",
    });
    const [code] = (await once(child, "exit")) as [number | null];
    return { succeeded: code === 0 };
  }

  private get environment(): NodeJS.ProcessEnv {
    return { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  }
}

/** What the CLI writes in place of a secret, and of what is known only after the resource exists. */
const withheld = ["[secret]", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"];

function known(inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).filter(([, value]) => !withheld.some((text) => JSON.stringify(value).includes(text))),
  );
}
