import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "./cli";
import { localFolder, repository } from "./paths";
import { withProgress } from "./progress";

const oldest = [3, 11] as const;
const requirements = join(repository, "tools/moto/requirements.txt");
const venv = join(localFolder().root, "venv");
const python = join(venv, "bin/python");

/** A Python that has moto in the pinned versions; installs it when it is not there or the pins have changed. */
export async function pythonWithMoto(): Promise<string> {
  const marker = join(venv, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(python) && existsSync(marker) && readFileSync(marker, "utf8") === wanted) return python;

  await withProgress("Installing moto, the local AWS, into .local/venv (once, about a minute)", async () => {
    await run(await findPython(), ["-m", "venv", venv]);
    await run(python, ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-r", requirements]);
  });
  writeFileSync(marker, wanted);
  return python;
}

async function findPython(): Promise<string> {
  const needed = `Python ${oldest.join(".")} or newer, with its venv module, is needed for the local AWS.`;
  const { stdout } = await promisify(execFile)("python3", ["--version"]).catch(() => {
    throw new UserError(`${needed} There is no python3 on PATH.`);
  });
  const [major = 0, minor = 0] = stdout.replace("Python ", "").split(".").map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new UserError(`${needed} The python3 on PATH is ${stdout.trim()}.`);
  }
  return "python3";
}

async function run(command: string, args: string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new UserError(`"${[command, ...args].join(" ")}" failed. Its output is above.`));
    });
  });
}
