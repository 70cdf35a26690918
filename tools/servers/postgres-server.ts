import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, chownSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Client } from "pg";
import type { CertificateFiles } from "./certificates";
import { tieFolder } from "./lifetime";
import { postgresPrograms } from "./programs";
import { freePort, ServerProcess } from "./server-process";

/**
 * A real PostgreSQL that admits password logins over TLS only, and its administrator through a socket in its folder.
 * The folder is removed at the end of this process, if not before.
 */
export class PostgresServer {
  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly process: ServerProcess,
  ) {}

  static async start(folder: string, certificate: CertificateFiles): Promise<PostgresServer> {
    const owner = systemUser();
    const data = path.join(folder, "data");
    mkdirSync(folder, { recursive: true });
    tieFolder(folder);
    give(folder, owner);
    const programs = reachablePrograms(await postgresPrograms(), folder, owner);
    execFileSync(path.join(programs, "initdb"), ["-D", data, "-U", "admin", "--auth=trust", "--no-sync", ...language], {
      ...owner,
      cwd: folder,
      stdio: "pipe",
    });
    for (const [from, to] of Object.entries({
      [certificate.certificate]: "server.crt",
      [certificate.key]: "server.key",
    })) {
      copyFileSync(from, path.join(data, to));
      give(path.join(data, to), owner);
    }
    writeFileSync(
      path.join(data, "pg_hba.conf"),
      "local all admin trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n",
    );
    const port = await freePort();
    const settings = {
      port,
      listen_addresses: "'127.0.0.1'",
      unix_socket_directories: `'${folder}'`,
      ssl: "on",
      fsync: "off",
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
    appendFileSync(path.join(data, "postgresql.conf"), lines.join(""));
    const server: PostgresServer = new PostgresServer(
      folder,
      port,
      new ServerProcess(path.join(programs, "postgres"), ["-D", data], { ...owner, cwd: folder }, () =>
        server.administer("SELECT 1"),
      ),
    );
    await server.process.start();
    return server;
  }

  async administer(...statements: string[]): Promise<void> {
    const client = new Client({ host: this.folder, port: this.port, user: "admin", database: "postgres" });
    client.on("error", () => undefined);
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

/** As RDS: UTF-8, and upper and lower case of every language; by ICU, so that it does not depend on the machine. */
const language = ["--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US"];

interface SystemUser {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root. Debian's packages bring a user for it. */
function systemUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = idOf("-u", "postgres") === undefined ? "nobody" : "postgres";
  const [uid, gid] = [idOf("-u", user), idOf("-g", user)];
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${user} to run PostgreSQL as`);
  return { uid, gid };
}

function idOf(kind: "-u" | "-g", user: string): number | undefined {
  try {
    return Number(execFileSync("id", [kind, user], { stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return undefined;
  }
}

function give(file: string, owner?: SystemUser): void {
  if (owner) chownSync(file, owner.uid, owner.gid);
}

/** Where the user can run the programs: in place, or copied, as where they stand in root's home. */
function reachablePrograms(programs: string, folder: string, owner?: SystemUser): string {
  if (!owner || canRun(path.join(programs, "postgres"), owner)) return programs;
  const copy = path.join(folder, "programs");
  cpSync(path.dirname(programs), copy, { recursive: true, verbatimSymlinks: true });
  execFileSync("chown", ["-R", `${owner.uid}:${owner.gid}`, copy]);
  return path.join(copy, path.basename(programs));
}

const canRun = (program: string, { uid, gid }: SystemUser) =>
  spawnSync(program, ["--version"], { uid, gid, cwd: "/" }).status === 0;
