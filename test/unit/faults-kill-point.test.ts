import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { Operation } from "../../tools/engine";
import { repository } from "../../tools/paths";
import type { Environment } from "../e2e/cloud";
import { crashAt, spread, workEvents } from "../faults/kill-point";

const isWork = (op: string, type = "aws:kms/key:Key") =>
  JSON.stringify({ resourcePreEvent: { metadata: { op, type } } });

const operation = (succeeded: boolean, message?: string): Operation => ({
  succeeded,
  interrupted: false,
  changes: {},
  steps: [],
  drift: [],
  problems: message === undefined ? [] : [{ severity: "error", resource: "key", message }],
});

/** An environment whose engine is a process, and has noted this. */
const environment = (events: string, pid?: number) =>
  ({
    events: () => events,
    engine: { locks: () => (pid === undefined ? [] : [{ pid, hostname: "here" }]) },
  }) as unknown as Environment;

describe("a point at which the engine is killed", () => {
  it("ends it there", async () => {
    const engine = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const work = async () => {
      const [, signal] = (await once(engine, "exit")) as [number | null, string | null];
      return operation(signal === null);
    };
    const at = environment([isWork("create"), isWork("create")].join("\n"), engine.pid);
    expect(await crashAt(at, 2, work)).toEqual(operation(false));
  });

  it.each([
    ["has failed", operation(false, "no such region"), "\nno such region"],
    ["has done its work", operation(true), ""],
  ])("is not tried where the engine %s before", async (_, end, why) => {
    await expect(crashAt(environment(isWork("create")), 2, () => Promise.resolve(end))).rejects.toThrow(
      new Error(`the engine ended by itself before event 2, at which it was to be killed${why}`),
    );
  });
});

it("is told by events of work, the last of which may not be whole", () => {
  const unfinished = isWork("create").slice(0, -9);
  const lines = [isWork("create"), isWork("same"), isWork("create", "tap:keys:Kms"), isWork("delete"), unfinished];
  expect(workEvents(lines.join("\n"))).toBe(2);
});

it("is one of as many, spread over the operation, and leaves some of its work", () => {
  expect(spread(4, 101)).toEqual([1, 26, 51, 76]);
  expect(Math.max(...spread(20, 24))).toBeLessThan(24);
});

it("is asked for by its number among as many as there are", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "test/faults/main.ts", "--only", "killed", "--point", "3", "--point", "25"],
    // Without the Pulumi CLI, so that nothing begins.
    { cwd: repository, encoding: "utf8", env: { PATH: "/bin", HOME: "/nowhere", NODE_NO_WARNINGS: "1" } },
  );
  expect(stderr).toBe("\n--point 25 is none of the 20 points of a phase. Choose from 1 to 20, or raise --points.\n");
  expect(status).toBe(1);
}, 60_000);
