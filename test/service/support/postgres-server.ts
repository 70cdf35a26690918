import { execFileSync } from "node:child_process";
import { appendFileSync, chownSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Client } from "pg";
import type { CertificateFiles } from "./certificates";
import { findProgram, freePort, ServerProcess, subfolders } from "./server-process";

/** PostgreSQL refuses to run as root; Debian's packages bring a user for it. */
const owner =
  process.getuid?.() === 0
    ? { uid: Number(execFileSync("id", ["-u", "postgres"])), gid: Number(execFileSync("id", ["-g", "postgres"])) }
    : {};

/** A real PostgreSQL that admits password logins over TLS only, and its administrator through a socket in its folder. */
export class PostgresServer {
  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly process: ServerProcess,
  ) {}

  static async start(folder: string, certificate: CertificateFiles): Promise<PostgresServer> {
    const postgres = findProgram(["postgres", "initdb"], ...subfolders("/usr/lib/postgresql", "bin"));
    const data = path.join(folder, "data");
    mkdirSync(folder, { recursive: true });
    give(folder);
    const initdb = path.join(path.dirname(postgres), "initdb");
    execFileSync(initdb, ["-D", data, "-U", "admin", "--auth=trust", "--no-sync"], {
      ...owner,
      cwd: folder,
      stdio: "pipe",
    });
    for (const [from, to] of Object.entries({
      [certificate.certificate]: "server.crt",
      [certificate.key]: "server.key",
    })) {
      copyFileSync(from, path.join(data, to));
      give(path.join(data, to));
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
      new ServerProcess(postgres, ["-D", data], { ...owner, cwd: folder }, () => server.administer("SELECT 1")),
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

function give(file: string): void {
  if (owner.uid !== undefined) chownSync(file, owner.uid, owner.gid);
}
