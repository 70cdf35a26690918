import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { Held } from "./holder-of-servers";

interface Holder {
  process: ChildProcess;
  /** Fulfils with exit code and signal. */
  ended: Promise<unknown[]>;
  held: Held;
}

/**
 * Starts a program that uses a Redis and a PostgreSQL server, and waits until they run.
 * @param ending how the program goes on
 * @param folder for its files
 * @param environment beside this process' own
 */
export async function startHolder(
  ending: "exit" | "throw" | "wait",
  folder: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Holder> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", path.join(__dirname, "holder-of-servers.ts"), ending, folder],
    { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, ...environment } },
  );
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith("{")) return { process: child, ended, held: JSON.parse(line) as Held };
  throw new Error("the program ended before its servers ran");
}
