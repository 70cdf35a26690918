import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../cli";
import { repository } from "../paths";
import { registerStack, type RegisteredStack } from "./register-stack";

const execute = promisify(execFile);

/**
 * What the program of a commit registers, with the packages that are installed now.
 * @param commit as git takes it, such as HEAD or main~3
 * @throws UserError where git knows no such commit
 */
export async function registerCommit(
  commit: string,
  stack: string,
  given: Record<string, string>,
): Promise<RegisteredStack> {
  const folder = mkdtempSync(join(tmpdir(), "plan-"));
  try {
    await extract(commit, folder);
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    return await registerStack(stack, given, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function extract(commit: string, folder: string): Promise<void> {
  const archive = join(folder, "program.tar");
  await execute("git", ["archive", "--output", archive, "--end-of-options", commit], { cwd: repository }).catch(() => {
    throw new UserError(`git has no commit "${commit}".`);
  });
  await execute("tar", ["-xf", archive, "-C", folder]);
  rmSync(archive);
}
