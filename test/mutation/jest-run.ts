import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../tools/cli";
import { repository } from "../../tools/paths";
import { withProgress } from "../../tools/progress";
import type { Mutant } from "./mutant";
import { type Task, taskVariable, type Trial } from "./task";

const program = join(repository, "node_modules/jest/bin/jest.js");
const unitTests = join(repository, "test/unit");
const config = join(repository, "test/mutation/jest.config.js");

/** The unit tests that use a file beside them. */
export async function testsUsing(file: string): Promise<string[]> {
  const said = await jest(["--listTests", "--findRelatedTests", join(unitTests, file)]);
  return said.split("\n").filter((line) => line.startsWith(unitTests));
}

/**
 * Tries mutants in test files, each in each that meets it.
 * @throws UserError if a test fails without a mutant
 */
export async function tryInTests(mutants: Mutant[], files: string[]): Promise<Trial[]> {
  const folder = mkdtempSync(join(tmpdir(), "mutation-"));
  const [task, results] = [join(folder, "task.json"), join(folder, "results.jsonl")];
  const trials = () => (existsSync(results) ? readFileSync(results, "utf8").split("\n").filter(Boolean) : []);
  try {
    writeFileSync(task, JSON.stringify({ mutants, results } satisfies Task));
    await withProgress(
      `${mutants.length} mutants, ${files.length} files of tests`,
      () => jest(["--maxWorkers=2", "--runTestsByPath", ...files], { [taskVariable]: task }),
      () => `${trials().length} trials`,
    );
    return trials().map((line) => JSON.parse(line) as Trial);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function jest(args: string[], variables: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, [program, "--config", config, ...args], {
    cwd: repository,
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  child.stdout.on("data", (text: Buffer) => said.push(text));
  child.stderr.on("data", (text: Buffer) => said.push(text));
  const status = await new Promise((done) => child.on("close", done));
  const text = Buffer.concat(said).toString();
  if (status !== 0) throw new UserError(`The unit tests fail without a mutant:\n${text}`);
  return text;
}
