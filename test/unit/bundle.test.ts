import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { bundle, bundleFiles } from "../../lib/bundle";

const database = {
  DATABASE_HOST: "localhost",
  DATABASE_PORT: "5432",
  DATABASE_NAME: "records",
  DATABASE_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database",
};

const redis = {
  REDIS_HOST: "localhost",
  REDIS_PORT: "6379",
  REDIS_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redis",
};

const environments = {
  "service/records/index.ts": {
    ENVIRONMENT: "dev",
    ...database,
    ...redis,
    AWS_REGION: "eu-west-1",
    AUDIT_LOG_GROUP: "audit-dev",
    USER_POOL_ID: "eu-west-1_pool",
    USER_POOL_CLIENT_ID: "client",
    TOKEN_VERIFICATION: "keys",
    SESSION_IDLE_SECONDS: "900",
    SESSION_ABSOLUTE_SECONDS: "43200",
    SESSION_REQUESTS_PER_MINUTE: "300",
    CACHE_SECONDS: "300",
  },
  "service/operations/index.ts": {
    ENVIRONMENT: "dev",
    AUDIT_LOG_GROUP: "audit-dev",
    ...database,
    ...redis,
    SESSION_ABSOLUTE_SECONDS: "43200",
  },
  "service/migration/index.ts": {
    DATABASE_PORT: database.DATABASE_PORT,
    DATABASE_NAME: database.DATABASE_NAME,
    SERVICE_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:records-database",
  },
  "service/redis-rotation/index.ts": { REPLICATION_GROUP_ID: "redis-dev", REDIS_HOST: "localhost", REDIS_PORT: "6379" },
  "service/database-rotation/index.ts": database,
};

const root = path.resolve(__dirname, "../..");

describe.each(Object.entries(environments))("the bundle of %s", (entryPoint, environment) => {
  const files = bundleFiles(entryPoint);
  const folder = mkdtempSync(path.join(tmpdir(), "bundle-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("is the same wherever it is made", () => {
    const before = process.cwd();
    process.chdir(tmpdir());
    try {
      expect(bundleFiles(entryPoint)).toEqual(files);
    } finally {
      process.chdir(before);
    }
    for (const text of Object.values(files)) expect(text).not.toContain(root);
    const sources = Object.keys(files)
      .filter((name) => name.endsWith(".map"))
      .flatMap((name) => (JSON.parse(files[name] ?? "") as { sources: string[] }).sources);
    expect(sources).toContain(`../${entryPoint}`);
    expect(sources.filter((source) => !/^(\.\.\/(service|node_modules)\/|<define:)/.test(source))).toEqual([]);
  });

  it("holds minified modules, under 1 MB together, and their source maps without the sources", () => {
    const modules = Object.keys(files).filter((name) => name.endsWith(".mjs"));
    expect(Object.keys(files)).toEqual(modules.flatMap((name) => [name, `${name}.map`]));
    expect(modules).toContain("index.mjs");
    expect(modules.reduce((sum, name) => sum + Buffer.byteLength(files[name] ?? ""), 0)).toBeLessThan(1_000_000);
    for (const name of modules) {
      expect(files[name]?.split("\n").length).toBeLessThan(1000);
      expect(files[name]?.endsWith(`\n//# sourceMappingURL=${name}.map\n`)).toBe(true);
      expect(JSON.parse(files[`${name}.map`] ?? "")).not.toHaveProperty("sourcesContent");
    }
  });

  it("loads by itself and exports the handler", () => {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const file = path.join(folder, "index.mjs");
    const script = `import(${JSON.stringify(file)}).then((m) => console.log(JSON.stringify(Object.entries(m).map(([k, v]) => [k, typeof v]))))`;
    const output = execFileSync(process.execPath, ["-e", script], {
      cwd: folder,
      env: environment,
      encoding: "utf8",
      stdio: "pipe",
    });
    expect(JSON.parse(output)).toEqual([["handler", "function"]]);
  });

  it("is deployed as these files", async () => {
    const { archive } = bundle(entryPoint);
    if (!(archive instanceof pulumi.asset.FileArchive)) throw new Error("the archive is no folder");
    const deployed = path.join(root, await archive.path);
    const names = readdirSync(deployed).sort();
    expect(Object.fromEntries(names.map((name) => [name, readFileSync(path.join(deployed, name), "utf8")]))).toEqual(
      files,
    );
  });
});

it("is known by a hash, which is the same for the same source and another for another", () => {
  const hashes = Object.keys(environments).map((entryPoint) => bundle(entryPoint).sha256);
  expect(hashes.map((hash) => /^[0-9a-f]{64}$/.test(hash))).toEqual(hashes.map(() => true));
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(Object.keys(environments).map((entryPoint) => bundle(entryPoint).sha256)).toEqual(hashes);
});

it("names an entry point that does not exist", () => {
  expect(() => bundleFiles("service/absent/index.ts")).toThrow('Could not resolve "service/absent/index.ts"');
});
