import { spawn } from "node:child_process";
import { once } from "node:events";
import { repository } from "./paths";
import { type Deployment, type ResourceState, StackCommands } from "./stack-commands";

/** A step of `pulumi preview --json`, as far as it is read here. */
interface PreviewStep {
  op: string;
  newState?: ResourceState;
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

  import(deployment: Deployment): Promise<void> {
    return this.commands.import(deployment);
  }

  unlock(): Promise<void> {
    return this.commands.unlock();
  }

  /** What the next `up` would create; secrets in its inputs, and what is not known yet, are left out. */
  async missing(): Promise<ResourceState[]> {
    const preview = JSON.parse(await this.commands.query("preview", "--json")) as { steps?: PreviewStep[] };
    return (preview.steps ?? []).flatMap(({ op, newState }) =>
      op === "create" && newState?.custom ? [{ ...newState, inputs: known(newState.inputs ?? {}) }] : [],
    );
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
