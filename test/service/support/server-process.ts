import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const startLimit = 20_000;

/** A server on loopback: started, paused, stopped and started again by a test. */
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
    const child = spawn(this.command, this.args, { ...this.options, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (this.output += data.toString()));
    const deadline = Date.now() + startLimit;
    for (;;) {
      const ready = await this.isReady().then(
        () => true,
        () => false,
      );
      if (ready) return;
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${this.command} does not start:\n${this.output}`);
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
    if (child?.exitCode !== null) return;
    child.kill("SIGINT");
    await once(child, "exit");
  }
}

/** Path of the program that stands in one folder together with the others, on PATH or in one of the further folders. */
export function findProgram([program, ...others]: [string, ...string[]], ...furtherFolders: string[]): string {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), ...furtherFolders];
  const folder = folders.find((candidate) =>
    [program, ...others].every((name) => existsSync(path.join(candidate, name))),
  );
  if (!folder) throw new Error(`${program} is not installed (looked in ${folders.join(", ")})`);
  return path.join(folder, program);
}

/** Folders under the given one, the last by name first. */
export const subfolders = (folder: string, ...rest: string[]): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
        .map((name) => path.join(folder, name, ...rest))
    : [];

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
