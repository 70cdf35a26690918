import { execFileSync } from "node:child_process";
import type { Engine } from "../../tools/engine";

/** Ends an engine at work, with everything that it has started, as a crash of the machine would. */
export function crash(engine: Engine): void {
  for (const { pid } of engine.locks()) {
    for (const process of [pid, ...descendants(pid)]) kill(process);
  }
}

/** The language host, the plugins and what they have started; each is in a process group of its own. */
function descendants(ancestor: number): number[] {
  const children = new Map<number, number[]>();
  for (const line of execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n")) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(ancestor);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended in the meantime.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
