import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../cli";
import { localFolder } from "../paths";
import { withProgress } from "../progress";

const execute = promisify(execFile);
const linters = join(localFolder().root, "linters");
const actionlintVersion = "1.7.12";

/** actionlint, built once from its Go module; without Go the one on PATH. */
export async function findActionlint(): Promise<string> {
  const folder = join(linters, `actionlint-${actionlintVersion}`);
  const program = join(folder, "actionlint");
  if (existsSync(program)) return program;
  const module = `github.com/rhysd/actionlint/cmd/actionlint@v${actionlintVersion}`;
  return install(`actionlint ${actionlintVersion}`, program, () =>
    execute("go", ["install", module], { env: { ...process.env, GOBIN: folder, GOFLAGS: "-mod=mod" } }),
  ).catch((error: unknown) =>
    onPath(
      "actionlint",
      `Install Go, which builds it, or actionlint itself (https://github.com/rhysd/actionlint).`,
      error,
    ),
  );
}

/** shellcheck from the Python package that carries it; where that has none for this machine, the one on PATH. */
export async function findShellcheck(): Promise<string> {
  const folder = join(linters, "shellcheck");
  const program = join(folder, "bin/shellcheck");
  if (existsSync(program)) return program;
  const requirements = join(__dirname, "shellcheck-requirements.txt");
  const options = ["--disable-pip-version-check", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"];
  return install("shellcheck", program, () =>
    execute("python3", ["-m", "pip", "install", ...options, "--target", folder, "--requirement", requirements]),
  ).catch((error: unknown) => onPath("shellcheck", "Install shellcheck (https://www.shellcheck.net).", error));
}

async function install(name: string, program: string, work: () => Promise<unknown>): Promise<string> {
  mkdirSync(linters, { recursive: true });
  await withProgress(`Installing ${name} into .local/linters (once)`, work);
  await execute(program, ["--version"]);
  return program;
}

async function onPath(name: string, advice: string, error: unknown): Promise<string> {
  const found = await execute(name, ["--version"]).then(
    () => true,
    () => false,
  );
  if (found) return name;
  throw new UserError(`There is no ${name}, and it could not be installed: ${String(error)}\n${advice}`);
}
