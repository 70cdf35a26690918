import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repository } from "../paths";
import { spawnTied } from "../servers/lifetime";
import { bundleInto } from "./bundle-folder";
import type { Figure } from "./figures";
import { median } from "./median";
import type { Platform } from "./platform";

const runtime = join(repository, "tools/moto/lambda-runner.mjs");

/** Starts of each of the two functions. */
const starts = 21;

/** Starts the records function and one that does nothing by turns, each time in a new process, until it could be invoked. */
export async function coldStart({ folder, environment }: Platform): Promise<Figure[]> {
  const folders = { records: join(folder, "records-function"), empty: join(folder, "empty-function") };
  bundleInto(folders.records, "service/records/index.ts");
  bundleInto(folders.empty, "tools/bench/empty-function.ts");
  const times = { records: [] as number[], empty: [] as number[] };
  for (let start = 0; start < starts; start++) {
    times.records.push(await timeToReady(folders.records, environment));
    times.empty.push(await timeToReady(folders.empty, environment));
  }
  const [records, empty] = [median(times.records), median(times.empty)];
  return [
    { name: "cold start of the records function", measured: records, unit: "ms" },
    { name: "cold start of an empty function", measured: empty, unit: "ms" },
    { name: "cold start, records function : empty function", measured: records / empty, limit: { atMost: 2 } },
  ];
}

/** Milliseconds from the start of the process until the function could be invoked. */
async function timeToReady(folder: string, environment: Record<string, string>): Promise<number> {
  const token = randomUUID();
  const startedAt = performance.now();
  const child = spawnTied(process.execPath, [runtime, token, "index.handler"], {
    cwd: folder,
    env: environment,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = once(child, "exit");
  if (!child.stdout) throw new Error("the runtime has no output");
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith(token)) {
      const time = performance.now() - startedAt;
      const { kind } = JSON.parse(line.slice(token.length)) as { kind: string };
      child.kill();
      await ended;
      if (kind !== "ready") throw new Error(`the function in ${folder} does not start: ${line}`);
      return time;
    }
  throw new Error(`the function in ${folder} ended`);
}
