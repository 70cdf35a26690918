import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../../tools/engine";
import { localFolder } from "../../tools/paths";

let folder: ReturnType<typeof localFolder>;
let stacks: string;
let engine: Engine;

beforeEach(() => {
  folder = localFolder(mkdtempSync(join(tmpdir(), "tap-engine-")));
  stacks = join(folder.state, ".pulumi/stacks/tap");
  mkdirSync(stacks, { recursive: true });
  engine = new Engine({ cli: "pulumi", folder, endpoint: "http://localhost:5000", stack: "dev" });
});

afterEach(() => {
  rmSync(folder.root, { recursive: true });
});

const state = (name: string) => join(stacks, name);

describe("the state of a stack", () => {
  it("is there once Pulumi has written it", () => {
    expect(engine.exists()).toBe(false);
    writeFileSync(state("dev-2.json"), "{}");
    expect(engine.exists()).toBe(false);
    writeFileSync(state("dev.json"), "{}");
    expect(engine.exists()).toBe(true);
  });

  it("is left alone when it is whole", () => {
    writeFileSync(state("dev.json"), '{"version":3}');
    writeFileSync(state("dev.json.bak"), '{"version":2}');
    engine.repair();
    expect(readFileSync(state("dev.json"), "utf8")).toBe('{"version":3}');
  });

  it.each(["", '{"version":'])("is the one before when the last is %j", (half) => {
    writeFileSync(state("dev.json"), half);
    writeFileSync(state("dev.json.bak"), '{"version":2}');
    engine.repair();
    expect(readFileSync(state("dev.json"), "utf8")).toBe('{"version":2}');
  });

  it("loses the backend's notes about it where they are half written, and keeps whole ones", () => {
    writeFileSync(state("dev.json"), '{"version":3}');
    writeFileSync(state("dev.json.attrs"), '{"user.content_type":""}');
    engine.repair();
    expect(existsSync(state("dev.json.attrs"))).toBe(true);
    writeFileSync(state("dev.json.attrs"), "");
    engine.repair();
    expect(existsSync(state("dev.json.attrs"))).toBe(false);
    expect(readFileSync(state("dev.json"), "utf8")).toBe('{"version":3}');
  });

  it("begins anew when there is none before", () => {
    writeFileSync(state("dev.json"), "");
    engine.repair();
    expect(engine.exists()).toBe(false);
  });

  it("is not brought back after the stack was removed", () => {
    writeFileSync(state("dev.json.bak"), '{"version":2}');
    engine.repair();
    expect(existsSync(state("dev.json"))).toBe(false);
  });
});

it("reads the locks of its own stack, and none of Pulumi's other files there", () => {
  const locks = (stack: string) => join(folder.state, ".pulumi/locks/organization/tap", stack);
  expect(engine.locks()).toEqual([]);
  for (const [stack, pid] of [
    ["dev", 1],
    ["dev-2", 2],
  ] as const) {
    mkdirSync(locks(stack), { recursive: true });
    writeFileSync(join(locks(stack), "a.json"), JSON.stringify({ pid, hostname: "here" }));
    writeFileSync(join(locks(stack), "a.json.attrs"), "{}");
  }
  expect(engine.locks()).toEqual([{ pid: 1, hostname: "here" }]);
});
