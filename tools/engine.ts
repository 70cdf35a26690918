import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { dump, load } from "js-yaml";
import { localAwsEnvironment } from "./aws-environment";
import { readReport, type Report } from "./events";
import { type LocalFolder, policyPack, repository } from "./paths";
import { type Deployment, StackCommands } from "./stack-commands";

export type Configuration = Record<string, unknown>;

/** Contents of `Pulumi.<stack>.yaml`. */
interface StackSettings {
  encryptionsalt?: string;
  config?: Configuration;
}

/** How an operation of the engine ended. */
export interface Operation extends Report {
  succeeded: boolean;
  /** True when the user stopped it with Ctrl-C. */
  interrupted: boolean;
}

export interface EngineOptions {
  /** Path or name of the Pulumi CLI. */
  cli: string;
  folder: LocalFolder;
  endpoint: string;
  stack: string;
  /** File descriptor for the engine's output; the terminal's unless given. */
  output?: number;
  /** Folder of the program; the repository unless given. */
  program?: string;
}

/** One stack of the program in a local AWS: the Pulumi CLI with a file backend, and nothing of the user's own Pulumi or AWS settings. */
export class Engine {
  constructor(private readonly options: EngineOptions) {}

  get stack(): string {
    return this.options.stack;
  }

  /** Whether the stack is there, deployed or not. */
  exists(): boolean {
    return existsSync(this.stateFile);
  }

  /** Puts the state before the last one back, which Pulumi keeps, if a killed engine has left the last one half written, or what a file backend notes about it. */
  repair(): void {
    const notes = `${this.stateFile}.attrs`;
    if (existsSync(notes) && !isWhole(notes)) rmSync(notes);
    if (!this.exists() || isWhole(this.stateFile)) return;
    const previous = `${this.stateFile}.bak`;
    if (isWhole(previous)) copyFileSync(previous, this.stateFile);
    else rmSync(this.stateFile);
  }

  /** Processes that hold the stack's lock; a killed engine leaves its own behind. */
  locks(): { pid: number; hostname: string }[] {
    const locks = join(this.options.folder.state, ".pulumi/locks/organization", projectName(), this.stack);
    if (!existsSync(locks)) return [];
    return readdirSync(locks)
      .filter((file) => file.endsWith(".json"))
      .map((file) => JSON.parse(readFileSync(join(locks, file), "utf8")) as { pid: number; hostname: string });
  }

  /** Creates the stack if needed, and its configuration: that of `Pulumi.dev.yaml` with `changes`. */
  async configure(changes: Configuration = {}): Promise<void> {
    const { folder } = this.options;
    mkdirSync(folder.state, { recursive: true });
    if (!existsSync(folder.passphrase)) {
      writeFileSync(folder.passphrase, randomBytes(32).toString("base64url"), { mode: 0o600 });
    }
    // A project without a program: what the CLI writes for a stack then lands here, and not in the repository.
    const project = join(folder.root, "Pulumi.yaml");
    if (!existsSync(project)) writeFileSync(project, dump({ name: projectName(), runtime: "nodejs" }));
    if (!this.exists()) await this.commands().query("stack", "init", "--no-select");

    const file = folder.config(this.stack);
    const { encryptionsalt } = existsSync(file) ? readSettings(file) : {};
    const { config } = readSettings(join(repository, "Pulumi.dev.yaml"));
    const own = { [`${projectName()}:environmentSuffix`]: this.stack };
    writeFileSync(file, dump({ encryptionsalt, config: { ...config, ...changes, ...own } }));
  }

  /** Says what `up` would do, and does nothing. */
  preview(): Promise<Operation> {
    return this.operate("preview", "--policy-pack", policyPack);
  }

  /** Deploys what the program registers, as long as it keeps the rules of the policy pack. */
  up(): Promise<Operation> {
    return this.operate("up", "--skip-preview", "--yes", "--policy-pack", policyPack);
  }

  destroy(): Promise<Operation> {
    return this.operate("destroy", "--skip-preview", "--yes");
  }

  /** Brings the state in line with the cloud: what is not there any more is dropped, what has changed is noted. */
  refresh(): Promise<Operation> {
    return this.operate("refresh", "--skip-preview", "--yes");
  }

  /** Releases the lock of an engine that was killed. */
  unlock(): Promise<void> {
    return this.commands().unlock();
  }

  /** The state, with its secrets encrypted. */
  export(): Promise<Deployment> {
    return this.commands().export();
  }

  /** Replaces the state that was read, unless another command has changed it since. */
  import(deployment: Deployment, read: Deployment): Promise<void> {
    return this.commands().import(deployment, read);
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.commands().query("stack", "output", "--json")) as Record<string, unknown>;
  }

  /** Forgets the stack, with everything still in its state, and removes the files that belong to it. */
  async remove(): Promise<void> {
    const { folder } = this.options;
    if (this.exists()) await this.commands().query("stack", "rm", "--yes", "--force");
    for (const file of [folder.config(this.stack), folder.outputs(this.stack), folder.events(this.stack)]) {
      rmSync(file, { force: true });
    }
  }

  private get stateFile(): string {
    return join(this.options.folder.state, ".pulumi/stacks", projectName(), `${this.stack}.json`);
  }

  /** Runs an operation on the program, showing the engine's progress. */
  private async operate(...args: string[]): Promise<Operation> {
    const { cli, folder, output = "inherit", program = repository } = this.options;
    const events = folder.events(this.stack);
    // The engine also logs what the program and the provider say to each other, secrets included.
    writeFileSync(events, "", { mode: 0o600 });
    const operation = ["--stack", this.stack, "--config-file", folder.config(this.stack), "--event-log", events];
    const child = spawn(cli, [...args, ...operation], {
      cwd: program,
      env: this.environment(),
      stdio: ["ignore", output, output],
      // A group of its own: Ctrl-C in the terminal must reach the engine once, through us, as a second one makes it give up at once.
      detached: true,
    });
    let interrupted = false;
    const interrupt = () => {
      if (interrupted) return;
      interrupted = true;
      console.error("\nStopping: waiting for the engine to finish what it has begun …");
      child.kill("SIGINT");
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, interrupt);
    try {
      const [code] = (await once(child, "exit")) as [number | null];
      return { succeeded: code === 0, interrupted, ...readReport(events) };
    } finally {
      for (const signal of signals) process.off(signal, interrupt);
      rmSync(events);
    }
  }

  private commands(): StackCommands {
    const { cli, folder, stack } = this.options;
    return new StackCommands({ cli, stack, folder: folder.root, environment: this.environment() });
  }

  /** What a process needs to work on this stack in place of the user's own. */
  environment(): NodeJS.ProcessEnv {
    const { cli, endpoint, folder } = this.options;
    const env = localAwsEnvironment(endpoint);
    // The user's own, which would win over the configuration here.
    for (const name of ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_STACK", "ENVIRONMENT_SUFFIX"]) env[name] = undefined;
    return {
      ...env,
      // The language hosts lie beside the CLI.
      PATH: isAbsolute(cli) ? `${dirname(cli)}${delimiter}${env.PATH ?? ""}` : env.PATH,
      PULUMI_BACKEND_URL: `file://${folder.state}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: folder.passphrase,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DEBUG_COMMANDS: "true",
      // As `--config-file` everywhere.
      PULUMI_OPTION_CONFIG_FILE: folder.config(this.stack),
      // S3 puts a bucket's name, or the account's, before the host, which no name server knows: as a proxy, the local AWS is asked for it.
      HTTP_PROXY: endpoint,
    };
  }
}

function isWhole(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}

function projectName(): string {
  return (load(readFileSync(join(repository, "Pulumi.yaml"), "utf8")) as { name: string }).name;
}

function readSettings(file: string): StackSettings {
  return load(readFileSync(file, "utf8")) as StackSettings;
}
