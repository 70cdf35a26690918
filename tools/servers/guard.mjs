/** The guard of lifetime.ts: reads what is tied to its parent, one a line after + or -, and ends it when the input does. */
import { rmSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const patience = 5000;
const tied = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith("+")) tied.add(line.slice(1));
  else tied.delete(line.slice(1));
}

const processes = [...tied].filter((thing) => /^\d+$/.test(thing)).map(Number);
const folders = [...tied].filter((thing) => thing.startsWith("/"));

for (const pid of processes) signal(pid, "SIGINT");
const deadline = Date.now() + patience;
while (processes.some((pid) => signal(pid, 0)) && Date.now() < deadline) await sleep(25);
for (const pid of processes) signal(-pid, "SIGKILL");
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** False where there is no such process. */
function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
