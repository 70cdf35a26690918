import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsLimits, dataPlaneRuns, localLimits } from "./local-limits";

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

describe("of functions at work", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tap-local-state-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["is none where every program was found", { node: "/node", redis: "/redis", postgres: "/postgres" }, true],
    ["is one where a program is missing", { node: "/node", redis: null, postgres: "/postgres" }, false],
  ])("%s", (_, found, runs) => {
    writeFileSync(join(folder, "data-plane.json"), JSON.stringify(found));
    expect(dataPlaneRuns(folder)).toBe(runs);
  });

  test("is not guessed where the local cloud says nothing of them", () => {
    expect(() => dataPlaneRuns(folder)).toThrow(
      `${join(folder, "data-plane.json")} does not exist: TAP_LOCAL_STATE must name the folder`,
    );
  });
});
