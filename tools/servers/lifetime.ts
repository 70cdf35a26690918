import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { join, resolve } from "node:path";

/**
 * Processes and folders that end with this process, in whatever way it ends, SIGKILL included. A guard sees to it: a
 * process of its own that learns of the end by the closing of its input, then stops the processes with all of their
 * group (SIGINT, after five seconds SIGKILL) and removes the folders.
 */
let guard: ChildProcess | undefined;

/** Starts a process in a session of its own, where a terminal's Ctrl-C does not reach it, that ends with this process. */
export function spawnTied(command: string, args: string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true });
  const { pid } = child;
  if (pid !== undefined) {
    tellGuard("+", pid);
    child.once("exit", () => {
      tellGuard("-", pid);
    });
  }
  return child;
}

/** From now on a folder is removed when this process ends. */
export function tieFolder(folder: string): void {
  tellGuard("+", resolve(folder));
}

export function untieFolder(folder: string): void {
  tellGuard("-", resolve(folder));
}

function tellGuard(sign: "+" | "-", thing: number | string): void {
  guard ??= startGuard();
  guard.stdin?.write(`${sign}${thing}\n`);
}

function startGuard(): ChildProcess {
  const child = spawn(process.execPath, [join(__dirname, "guard.mjs")], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  // Somebody ended the guard; that is no reason to fail.
  child.stdin.on("error", () => undefined);
  return child;
}
