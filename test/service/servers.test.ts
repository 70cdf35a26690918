import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Redis } from "ioredis";
import { Client, type ClientConfig } from "pg";
import { CertificateAuthority } from "../../tools/servers/certificates";
import { PostgresServer } from "../../tools/servers/postgres-server";
import { postgresPrograms } from "../../tools/servers/programs";
import { RedisServer } from "../../tools/servers/redis-server";
import { startHolder } from "./support/holder";

jest.setTimeout(180_000);

const { TAP_SERVER_FOLDERS } = process.env;
const folder = mkdtempSync(path.join(tmpdir(), "servers-"));
const authority = new CertificateAuthority(path.join(folder, "authority"));
const ca = readFileSync(authority.certificate, "utf8");
const certificate = authority.issue("server", "DNS:localhost", "IP:127.0.0.1");
const token = "redis-token-0123456789";

let postgres: PostgresServer | undefined;
let redis: RedisServer | undefined;

afterEach(async () => {
  await Promise.all([postgres?.process.stop(), redis?.process.stop()]);
  if (postgres) rmSync(postgres.folder, { recursive: true });
  postgres = redis = undefined;
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** None: the machine's own, where it has them. Empty: those of packages. */
function lookIn(folders: string | undefined) {
  if (folders === undefined) delete process.env.TAP_SERVER_FOLDERS;
  else process.env.TAP_SERVER_FOLDERS = folders;
}

afterEach(() => {
  lookIn(TAP_SERVER_FOLDERS);
});

async function startPostgres(): Promise<PostgresServer> {
  // PostgreSQL's own user must reach its folder.
  postgres = await PostgresServer.start(mkdtempSync(path.join(tmpdir(), "postgres-")), certificate);
  await postgres.administer("CREATE ROLE clinician LOGIN PASSWORD 'password of the test'");
  return postgres;
}

async function query(ssl: ClientConfig["ssl"], statement: string): Promise<unknown> {
  const login = { user: "clinician", password: "password of the test", database: "postgres" };
  const client = new Client({ host: "localhost", port: postgres?.port, ssl, ...login });
  await client.connect();
  try {
    return (await client.query(statement)).rows[0];
  } finally {
    await client.end();
  }
}

describe.each([
  ["the machine's servers", undefined],
  ["servers of packages", ""],
])("%s", (_, folders) => {
  beforeEach(() => {
    lookIn(folders);
  });

  it("take queries over TLS only, in every language's letters", async () => {
    await startPostgres();
    const statement = "SELECT ssl, lower('ÓÄŁ') AS lower FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    expect(await query({ ca }, statement)).toEqual({ ssl: true, lower: "óäł" });
    await expect(query(false, statement)).rejects.toThrow(/no pg_hba.conf entry .* no encryption/);
  });

  it("take Redis commands over TLS only, with the token", async () => {
    redis = await RedisServer.start({ folder: path.join(folder, "redis"), authority, certificate, tokens: [token] });
    const options = { host: "localhost", port: redis.port, lazyConnect: true, retryStrategy: null };
    const client = new Redis({ ...options, password: token, tls: { ca } });
    await client.connect();
    try {
      const value = "x".repeat(1_000_000);
      expect(await client.multi().set("key", value).get("key").exec()).toEqual([
        [null, "OK"],
        [null, value],
      ]);
    } finally {
      client.disconnect();
    }
    expect(await redis.accepts("another-token-0123456789")).toBe(false);
    const withoutTls = new Redis({ ...options, password: token });
    withoutTls.on("error", () => undefined);
    await expect(withoutTls.connect()).rejects.toThrow("Connection is closed");
  });
});

describe("servers of packages", () => {
  beforeEach(() => {
    lookIn("");
  });

  it("have these versions", async () => {
    await startPostgres();
    expect(await query({ ca }, "SHOW server_version")).toEqual({ server_version: "17.10" });
    redis = await RedisServer.start({ folder: path.join(folder, "redis"), authority, certificate, tokens: [token] });
    expect(await redis.administer("INFO", "server")).toContain("valkey_version:9.1.2\r\n");
  });

  it("run for root too, where only root reaches the programs and no user is made for PostgreSQL", async () => {
    const locked = path.join(folder, "locked");
    mkdirSync(locked, { mode: 0o700 });
    cpSync(path.dirname(await postgresPrograms()), locked, { recursive: true, verbatimSymlinks: true });
    lookIn(path.join(locked, "bin"));
    const commands = path.join(folder, "commands");
    mkdirSync(commands);
    const id = execFileSync("sh", ["-c", "command -v id"], { encoding: "utf8" }).trim();
    writeFileSync(path.join(commands, "id"), `#!/bin/sh\n[ "$2" != postgres ] && exec ${id} "$@"\n`, { mode: 0o755 });
    const holder = await startHolder("wait", folder, { PATH: `${commands}:${process.env.PATH}` });
    const { uid } = statSync(holder.held.folders.postgres);
    holder.process.kill();
    await holder.ended;
    const owner = process.getuid?.() === 0 ? "nobody" : execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
    expect(uid).toBe(Number(execFileSync("id", ["-u", owner])));
  });
});
