import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { bundle, bundleFiles } from "../../lib/bundle";

const environments = {
  "service/records/index.ts": {
    ENVIRONMENT: "dev",
    DATABASE_HOST: "localhost",
    DATABASE_PORT: "5432",
    DATABASE_NAME: "records",
    DATABASE_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database",
    REDIS_HOST: "localhost",
    REDIS_PORT: "6379",
    REDIS_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redis",
  },
  "service/redis-rotation/index.ts": { REPLICATION_GROUP_ID: "redis-dev", REDIS_HOST: "localhost", REDIS_PORT: "6379" },
};

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
    const root = path.resolve(__dirname, "../..");
    for (const text of Object.values(files)) expect(text).not.toContain(root);
    const { sources } = JSON.parse(files["index.mjs.map"]) as { sources: string[] };
    expect(sources).toContain(entryPoint);
    expect(sources.filter((source) => path.isAbsolute(source) || source.startsWith(".."))).toEqual([]);
  });

  it("holds the minified module, under 1 MB, and its source map without the sources", () => {
    expect(Buffer.byteLength(files["index.mjs"])).toBeLessThan(1_000_000);
    expect(files["index.mjs"].split("\n").length).toBeLessThan(1000);
    expect(files["index.mjs"]).toMatch(/\/\/# sourceMappingURL=index\.mjs\.map\n$/);
    expect(JSON.parse(files["index.mjs.map"])).not.toHaveProperty("sourcesContent");
  });

  it("loads by itself and exports the handler", () => {
    const file = path.join(folder, "index.mjs");
    writeFileSync(file, files["index.mjs"]);
    const script = `import(${JSON.stringify(file)}).then((m) => console.log(JSON.stringify(Object.entries(m).map(([k, v]) => [k, typeof v]))))`;
    const output = execFileSync(process.execPath, ["-e", script], {
      cwd: folder,
      env: environment,
      encoding: "utf8",
      stdio: "pipe",
    });
    expect(JSON.parse(output)).toEqual([["handler", "function"]]);
  });

  it("is deployed as these two files", async () => {
    const archive = bundle(entryPoint);
    const assets = (await archive.assets) as Record<string, pulumi.asset.StringAsset>;
    expect(Object.keys(assets)).toEqual(["index.mjs", "index.mjs.map"]);
    expect(await assets["index.mjs"]?.text).toBe(files["index.mjs"]);
    expect(await assets["index.mjs.map"]?.text).toBe(files["index.mjs.map"]);
  });
});

it("names an entry point that does not exist", () => {
  expect(() => bundleFiles("service/absent/index.ts")).toThrow('Could not resolve "service/absent/index.ts"');
});
