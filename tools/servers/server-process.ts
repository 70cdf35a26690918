import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { spawnTied } from "./lifetime";

const startLimit = 20_000;

/** A server on loopback: started, paused, stopped and started again. It does not outlive this process. */
export class ServerProcess {
  private child?: ChildProcess;
  /** Everything it has written. */
  output = "";

  /** @param isReady fulfils once the server answers */
  constructor(
    private readonly command: string,
    private readonly args: string[],
    private readonly options: SpawnOptions,
    private readonly isReady: () => Promise<unknown>,
  ) {}

  async start(): Promise<void> {
    const child = spawnTied(this.command, this.args, { ...this.options, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (data: Buffer) => (this.output += data.toString()));
    await once(child, "spawn");
    this.child = child;
    const deadline = Date.now() + startLimit;
    for (;;) {
      const ready = await this.isReady().then(
        () => true,
        () => false,
      );
      if (ready) return;
      if (hasEnded(child) || Date.now() > deadline) {
        await this.stop();
        throw new Error(`${this.command} does not start:\n${this.output}`);
      }
      await sleep(25);
    }
  }

  pause(): void {
    this.child?.kill("SIGSTOP");
  }

  resume(): void {
    this.child?.kill("SIGCONT");
  }

  /** At once, without waiting for clients. */
  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || hasEnded(child)) return;
    child.kill("SIGINT");
    await once(child, "exit");
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
