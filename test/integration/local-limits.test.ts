import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { localLimits } from "./local-limits";

const sources = readdirSync(__dirname)
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => readFileSync(join(__dirname, file), "utf8"));

test("are each in the way of some test", () => {
  const used = sources.flatMap((source) =>
    [...source.matchAll(/test(?:Beyond|Inside)\(\s*"([^"]+)"/g)].map(([, limit]) => limit),
  );
  expect([...new Set(used)].sort()).toEqual(Object.keys(localLimits).sort());
});

test("are the only reason for which a test is skipped", () => {
  const skipping = /\b(?:test|it|describe)\.(?:skip|todo|failing|only)\b|\bx(?:test|it|describe)\b/;
  expect(sources.length).toBeGreaterThan(10);
  expect(sources.filter((source) => skipping.test(source.replaceAll(/\/.*\/;/g, "")))).toEqual([]);
});
