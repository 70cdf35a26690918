import nodeConsole from "node:console";
import { readFileSync } from "node:fs";

// Jest's own keeps everything back until the end.
globalThis.console = nodeConsole;

const begin = Date.now();

/** Says what is going on, and when. */
export function say(line: string): void {
  const seconds = Math.round((Date.now() - begin) / 1000);
  console.log(`  [${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}] ${line}`);
}

/** Says when something begins, how far it is every 20 seconds by the last line of its log, and when it ends. */
export async function tracked<T>(what: string, work: () => Promise<T>, log?: string): Promise<T> {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  say(`${what} …`);
  const timer = setInterval(() => {
    say(`${what}: ${seconds()} s${log ? `, ${lastLine(log)}` : ""}`);
  }, 20_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    say(`${what}: ended after ${seconds()} s`);
  }
}

function lastLine(log: string): string {
  const lines = readFileSync(log, "utf8").split("\n");
  return lines.findLast((line) => /\w/.test(line) && !line.startsWith("@"))?.trim() ?? "";
}
