import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientConfig } from "../../tools/aws-environment";
import { startLocalAws, stopLocalAws } from "../../tools/aws-server";
import { type Configuration, Engine, type EngineOptions, type Operation } from "../../tools/engine";
import { runIntegrationSuite } from "../../tools/integration-suite";
import { findLeftovers } from "../../tools/leftovers";
import type { ClientConfig, Found } from "../../tools/leftovers/inventory";
import { type LocalFolder, localFolder, repository } from "../../tools/paths";
import { findPulumi } from "../../tools/pulumi-cli";
import { crash } from "./crash";
import { say, tracked } from "./progress";

/** A local AWS of the tests' own, in a temporary folder, so that a developer's environments stay as they are. */
export class Cloud {
  private readonly environments: Environment[] = [];

  static async start(): Promise<Cloud> {
    const cli = await findPulumi();
    const folder = localFolder(mkdtempSync(join(tmpdir(), "tap-e2e-")));
    const endpoint = await tracked("starting a local AWS", () => startLocalAws(folder));
    return new Cloud(cli, folder, endpoint);
  }

  private constructor(
    private readonly cli: string,
    readonly folder: LocalFolder,
    readonly endpoint: string,
  ) {}

  get config(): ClientConfig {
    return clientConfig(this.endpoint);
  }

  /** @param endpoint what stands between the engine and the local AWS; nothing unless given */
  environment(suffix: string, endpoint = this.endpoint): Environment {
    const environment = new Environment(this.cli, this.folder, endpoint, suffix);
    this.environments.push(environment);
    return environment;
  }

  /** Ends it, and every engine that still works in it. */
  async stop(): Promise<void> {
    for (const { engine } of this.environments) crash(engine);
    await stopLocalAws(this.folder);
  }

  /** Ends it after a test, and keeps its folder only where there is something to look into. */
  async stopAfterTest({ failed }: { failed: boolean }): Promise<void> {
    await this.stop();
    if (failed) say(`The logs are in ${this.folder.root}`);
    else discard(this.folder);
  }
}

/** One environment in it. */
export class Environment {
  readonly log: string;
  readonly engine: Engine;
  private readonly engineOptions: EngineOptions;

  constructor(
    cli: string,
    private readonly folder: LocalFolder,
    private readonly endpoint: string,
    readonly suffix: string,
  ) {
    this.log = join(folder.root, `${suffix}.log`);
    this.engineOptions = { cli, folder, endpoint, stack: suffix, output: openSync(this.log, "a") };
    this.engine = new Engine(this.engineOptions);
  }

  /**
   * What a deployment would do, with changes to the configuration of `Pulumi.dev.yaml`.
   * @param program folder of the program, if it is not the repository's
   */
  async preview(changes?: Configuration, program?: string): Promise<Operation> {
    await this.engine.configure(changes);
    return tracked(`${this.suffix}: preview`, () => this.engineFor(program).preview(), this.log);
  }

  /** Deploys in the same way, and writes the outputs. */
  async up(changes?: Configuration, program?: string): Promise<Operation> {
    return tracked(
      `${this.suffix}: up`,
      async () => {
        await this.engine.configure(changes);
        const operation = await this.engineFor(program).up();
        if (operation.succeeded) writeFileSync(this.outputsFile, JSON.stringify(await this.engine.outputs()));
        return operation;
      },
      this.log,
    );
  }

  /** Makes a state usable that a killed or failed engine left, by the command that docs/troubleshooting.md tells operators to use. */
  async recover(...options: string[]): Promise<void> {
    // S3, where states of AWS belong, takes a write whole or not at all; a file may be cut off in the middle of one.
    this.engine.repair();
    await this.run("recover", "--stack", this.suffix, ...options);
  }

  async refresh(): Promise<Operation> {
    return tracked(`${this.suffix}: refresh`, () => this.engine.refresh(), this.log);
  }

  async destroy(): Promise<Operation> {
    return tracked(`${this.suffix}: destroy`, () => this.engine.destroy(), this.log);
  }

  /** The event log of the operation at work; empty between operations. */
  events(): string {
    const file = this.folder.events(this.suffix);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Runs one of the project's commands as its user would who is logged in to this backend and account. */
  async run(script: string, ...args: string[]): Promise<void> {
    const output = openSync(this.log, "a");
    const work = async () => {
      const child = spawn(process.execPath, ["--import", "tsx", join(repository, `tools/${script}.ts`), ...args], {
        cwd: repository,
        env: this.engine.environment(),
        stdio: ["ignore", output, output],
      });
      const [code] = (await once(child, "exit")) as [number | null];
      if (code !== 0) throw new Error(`${script} ${args.join(" ")} failed; its output is in ${this.log}`);
    };
    await tracked(`${this.suffix}: npm run ${script}`, work, this.log).finally(() => {
      closeSync(output);
    });
  }

  /** Whether the integration suite passes; its output is kept beside the engine's. */
  async passesIntegrationSuite(): Promise<boolean> {
    const output = openSync(this.integrationLog, "w");
    try {
      const { endpoint, folder, suffix } = this;
      return await tracked(
        `${suffix}: integration suite`,
        () => runIntegrationSuite({ folder, stack: suffix, endpoint, output }),
        this.integrationLog,
      );
    } finally {
      closeSync(output);
    }
  }

  async leftovers(): Promise<Found[]> {
    return findLeftovers(clientConfig(this.endpoint), this.suffix);
  }

  /** What `pulumi stack output --json` would have written. */
  get outputsFile(): string {
    return this.folder.outputs(this.suffix);
  }

  outputs(): Record<string, unknown> {
    return JSON.parse(readFileSync(this.outputsFile, "utf8")) as Record<string, unknown>;
  }

  private engineFor(program?: string): Engine {
    return program ? new Engine({ ...this.engineOptions, program }) : this.engine;
  }

  private get integrationLog(): string {
    return join(this.folder.root, `${this.suffix}-integration.log`);
  }
}

/** Removes a folder of a run that left nothing to look into. */
export function discard({ root }: LocalFolder): void {
  rmSync(root, { recursive: true });
}
