/** A program that uses servers, prints what it uses as JSON, and ends in the way its argument says, if at all. */
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { CertificateAuthority } from "../../../tools/servers/certificates";
import { PostgresServer } from "../../../tools/servers/postgres-server";
import { RedisServer } from "../../../tools/servers/redis-server";

export interface Held {
  /** All processes of both servers, and the guard. */
  processes: { pid: number; command: string }[];
  folders: { redis: string; postgres: string };
}

async function hold(): Promise<void> {
  const folder = process.argv[3] ?? "";
  const authority = new CertificateAuthority(path.join(folder, "authority"));
  const certificate = authority.issue("server", "DNS:localhost", "IP:127.0.0.1");
  const redis = path.join(folder, "redis");
  // PostgreSQL's own user must reach its folder.
  const postgres = mkdtempSync(path.join(tmpdir(), "postgres-"));
  await Promise.all([
    RedisServer.start({ folder: redis, authority, certificate, tokens: ["token-0123456789"] }),
    PostgresServer.start(postgres, certificate),
  ]);
  console.log(JSON.stringify({ processes: descendants(process.pid), folders: { redis, postgres } } satisfies Held));
}

function descendants(parent: number): Held["processes"] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,command="], { encoding: "utf8" });
  const within = (ancestor: number): Held["processes"] =>
    [...table.matchAll(/^ *(\d+) +(\d+) (.*)$/gm)]
      .filter(([, , ppid]) => Number(ppid) === ancestor)
      .flatMap(([, pid, , command = ""]) => [{ pid: Number(pid), command }, ...within(Number(pid))]);
  return within(parent);
}

void hold().then(() => {
  if (process.argv[2] === "exit") process.exit();
  if (process.argv[2] === "throw") throw new Error("thrown by the test");
});
