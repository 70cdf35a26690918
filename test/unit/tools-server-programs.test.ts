import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresPrograms, redisProgram } from "../../tools/servers/programs";

const { TAP_SERVER_FOLDERS } = process.env;
const root = mkdtempSync(join(tmpdir(), "server-programs-"));

afterAll(() => {
  rmSync(root, { recursive: true });
});

afterEach(() => {
  process.env.TAP_SERVER_FOLDERS = TAP_SERVER_FOLDERS;
  if (TAP_SERVER_FOLDERS === undefined) delete process.env.TAP_SERVER_FOLDERS;
});

/** Makes folders of programs that answer `--version` so, and has them looked in. */
function install(folders: Record<string, Record<string, string>>) {
  for (const [folder, programs] of Object.entries(folders)) {
    mkdirSync(join(root, folder), { recursive: true });
    for (const [name, version] of Object.entries(programs))
      writeFileSync(join(root, folder, name), `#!/bin/sh\necho '${version}'\n`, { mode: 0o755 });
  }
  process.env.TAP_SERVER_FOLDERS = Object.keys(folders)
    .map((folder) => join(root, folder))
    .join(":");
}

describe("the servers of a machine", () => {
  it("are the first of the folders that are new enough", async () => {
    install({
      old: {
        postgres: "postgres (PostgreSQL) 14.19 (Ubuntu 14.19-0ubuntu0.22.04.1)",
        initdb: "initdb (PostgreSQL) 14.19",
        "redis-server": "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=a3fdef44459b3ad6",
      },
      new: {
        postgres: "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)",
        initdb: "initdb (PostgreSQL) 15.14",
        "redis-server": "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=ae4d7c971a948f0",
      },
      newest: {
        postgres: "postgres (PostgreSQL) 18.1",
        initdb: "initdb (PostgreSQL) 18.1",
        "redis-server": "Redis server v=8.2.3 sha=b5d43ceb:0 malloc=jemalloc-5.3.0 bits=64 build=a4a1616166d42ee6",
      },
    });
    expect(await postgresPrograms()).toBe(join(root, "new"));
    expect(await redisProgram()).toBe(join(root, "new/redis-server"));
  });

  it("may be Valkey's, and PostgreSQL needs both of its programs", async () => {
    const valkey = "Valkey server v=8.1.4 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=5f8c3d8d0b6fd9be";
    install({
      "server-only": { postgres: "postgres (PostgreSQL) 17.6", "valkey-server": valkey },
      both: { postgres: "postgres (PostgreSQL) 17.5", initdb: "initdb (PostgreSQL) 17.5" },
    });
    expect(await postgresPrograms()).toBe(join(root, "both"));
    expect(await redisProgram()).toBe(join(root, "server-only/valkey-server"));
  });
});
