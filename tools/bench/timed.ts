import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../cli";

/** Seconds that a command took: on the clock, and of the processors by it and all that it started. */
export interface Times {
  wall: number;
  cpu: number;
}

/**
 * Runs a command to its end.
 * @throws UserError with what it printed, when it fails
 */
export async function timed(
  command: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Times> {
  const output = join(tmpdir(), `bench-${randomUUID()}.log`);
  // Only the shell knows what all descendants have used.
  const script = `TIMEFORMAT='%R %U %S'; time "$0" "$@" > '${output}' 2>&1`;
  try {
    const { stderr } = await promisify(execFile)("bash", ["-c", script, command, ...args], {
      ...options,
      env: { ...process.env, ...options.env, LC_ALL: "C" },
    });
    const [wall = NaN, user = NaN, system = NaN] = stderr.trim().split(" ").map(Number);
    return { wall, cpu: user + system };
  } catch {
    throw new UserError(`${[command, ...args].join(" ")} failed:\n${readFileSync(output, "utf8")}`);
  } finally {
    rmSync(output, { force: true });
  }
}
