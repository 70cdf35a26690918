import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { bundleFiles, type BundledFiles } from "../../../lib/bundle";

/** What Lambda's runtime does, as far as a handler sees it. */
const runtime = `
  import { handler } from "./index.mjs";
  process.on("message", async ({ event, remainingTime }) => {
    const context = { awsRequestId: "aws-request-1", getRemainingTimeInMillis: () => remainingTime };
    try {
      process.send({ answer: await handler(event, context) });
    } catch (error) {
      process.send({ error: error.message });
    }
  });
  process.send({ ready: true });
`;

interface Message {
  answer?: unknown;
  error?: string;
}

/** A function's bundle in a process of its own, as one container of Lambda runs it, one invocation at a time. */
export class FunctionProcess {
  /** Everything it has written. */
  output = "";

  private constructor(private readonly child: ChildProcess) {}

  /** @param trusted file with the certificate of the authority that the function trusts besides the public ones */
  static async start(entryPoint: string, folder: string, trusted: string, environment: Record<string, string>) {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(bundle(entryPoint))) writeFileSync(path.join(folder, name), text);
    writeFileSync(path.join(folder, "runtime.mjs"), runtime);
    const child = spawn(process.execPath, ["runtime.mjs"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        NODE_EXTRA_CA_CERTS: trusted,
        ...environment,
      },
    });
    const started = new FunctionProcess(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (data: Buffer) => (started.output += data.toString()));
    await started.next();
    return started;
  }

  async invoke(event: object, remainingTime = 900_000): Promise<unknown> {
    this.child.send({ event, remainingTime });
    const { answer, error } = await this.next();
    if (error !== undefined) throw new Error(error);
    return answer;
  }

  async stop(): Promise<void> {
    this.child.kill();
    await once(this.child, "exit");
  }

  private async next(): Promise<Message> {
    const left = new AbortController();
    const { signal } = left;
    try {
      const exit = once(this.child, "exit", { signal }).then(() => {
        throw new Error(`the function's process ended:\n${this.output}`);
      });
      const [message] = (await Promise.race([once(this.child, "message", { signal }), exit])) as [Message];
      exit.catch(() => undefined);
      return message;
    } finally {
      left.abort();
    }
  }
}

const bundles = new Map<string, BundledFiles>();

function bundle(entryPoint: string): BundledFiles {
  const made = bundles.get(entryPoint) ?? bundleFiles(entryPoint);
  bundles.set(entryPoint, made);
  return made;
}
