import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../../tools/process";
import { startHolder } from "./support/holder";
import type { Held } from "./support/holder-of-servers";

jest.setTimeout(60_000);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "servers-lifetime-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Waits until nothing of it is left. */
async function expectGone({ processes, folders }: Held): Promise<void> {
  const left = () => [
    ...processes.filter(({ pid }) => isAlive(pid)),
    ...Object.values(folders).filter((held) => existsSync(held)),
  ];
  const deadline = Date.now() + 20_000;
  while (left().length > 0 && Date.now() < deadline) await sleep(50);
  expect(left()).toEqual([]);
}

/** Redis, PostgreSQL with its background processes, and the guard. */
const expectHeld = ({ processes, folders }: Held) => {
  expect(processes.filter(({ pid }) => isAlive(pid)).length).toBeGreaterThan(6);
  expect(Object.values(folders).filter((held) => existsSync(held))).toHaveLength(2);
};

describe("servers are gone, and their folders, when the process that started them", () => {
  it.each([
    ["exits", "exit", [0, null]],
    ["throws", "throw", [1, null]],
  ] as const)("%s", async (_, ending, expected) => {
    const { ended, held } = await startHolder(ending, folder);
    expect(await ended).toEqual(expected);
    await expectGone(held);
  });

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("gets %s", async (signal) => {
    const { ended, held, process: holder } = await startHolder("wait", folder);
    expectHeld(held);
    holder.kill(signal);
    expect(await ended).toEqual([null, signal]);
    await expectGone(held);
  });

  it("is killed, and the servers come from packages", async () => {
    const { ended, held, process: holder } = await startHolder("wait", folder, { TAP_SERVER_FOLDERS: "" });
    expectHeld(held);
    holder.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    await expectGone(held);
  });

  it("is killed, and a server hangs", async () => {
    const { ended, held, process: holder } = await startHolder("wait", folder);
    const redis = held.processes.filter(({ command }) => /(redis|valkey)-server/.test(command));
    expect(redis).not.toEqual([]);
    for (const { pid } of redis) process.kill(pid, "SIGSTOP");
    holder.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    await expectGone(held);
  });
});
