import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { spawnTied } from "../servers/lifetime";
import { bundleInto } from "./bundle-folder";

/** A program of this folder in a process of its own, bundled as functions are. It does not outlive this process. */
export class Program<Answer> {
  private constructor(private readonly child: ChildProcess) {}

  /** The program, and the first message that it sent. */
  static async start<Ready, Answer>(entryPoint: string, folder: string, environment: Record<string, string>) {
    bundleInto(folder, entryPoint);
    // What it logs costs it as much as elsewhere, but nobody reads it.
    const child = spawnTied(process.execPath, ["--no-warnings", "index.mjs"], {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const program = new Program<Answer>(child);
    return { program, ready: await program.next<Ready>() };
  }

  ask(): Promise<Answer> {
    this.child.send({});
    return this.next<Answer>();
  }

  async stop(): Promise<void> {
    this.child.kill();
    await once(this.child, "exit");
  }

  private async next<Message>(): Promise<Message> {
    const left = new AbortController();
    const ended = once(this.child, "exit", left).then(() => {
      throw new Error("a program of the benchmark ended");
    });
    ended.catch(() => undefined);
    const [message] = (await Promise.race([once(this.child, "message", left), ended])) as [Message];
    left.abort();
    return message;
  }
}
