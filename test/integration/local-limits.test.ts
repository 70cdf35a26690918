import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { awsLimits, localLimits } from "./local-limits";

const sources = readdirSync(__dirname)
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => readFileSync(join(__dirname, file), "utf8"));

const names = (call: RegExp) => [
  ...new Set(sources.flatMap((source) => [...source.matchAll(call)].map(([, name]) => name))),
];

test("are each in the way of some test", () => {
  expect(names(/testBeyond\(\s*"([^"]+)"/g).sort()).toEqual(Object.keys(localLimits).sort());
  expect(names(/testLocally\(\s*"([^"]+)"/g).sort()).toEqual(Object.keys(awsLimits).sort());
});

test("are the only reason for which a test is skipped", () => {
  const skipping = /\b(?:test|it|describe)\.(?:skip|todo|failing|only)\b|\bx(?:test|it|describe)\b/;
  expect(sources.length).toBeGreaterThan(10);
  expect(sources.filter((source) => skipping.test(source.replaceAll(/\/.*\/;/g, "")))).toEqual([]);
});
