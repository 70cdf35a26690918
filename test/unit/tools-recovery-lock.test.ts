import { hostname } from "node:os";
import { UserError } from "../../tools/cli";
import { releaseDeadLock } from "../../tools/recovery/lock";

/** Linux gives no process a greater one than 2^22. */
const deadPid = 2 ** 22 + 1;
const held = (host: string, pid: number) =>
  [
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
    `  s3://states/.pulumi/locks/organization/tap/pr-42/1.json: created by me@${host} (pid ${pid}) at 2026-01-01T00:00:00Z`,
  ].join("\n");

/** A stack whose lock is refused in these words, if in any. */
function lockedStack(stderr?: string) {
  const stack = {
    stack: "pr-42",
    unlocked: 0,
    tryLock: () => (stderr === undefined ? Promise.resolve() : Promise.reject(Object.assign(new Error(), { stderr }))),
    unlock: () => {
      stack.unlocked += 1;
      return Promise.resolve();
    },
  };
  return stack;
}

describe("a lock", () => {
  it("that nobody has needs no release", async () => {
    const stack = lockedStack();
    expect([await releaseDeadLock(stack, []), stack.unlocked]).toEqual([false, 0]);
  });

  it("of a process of this machine that is dead is released", async () => {
    const stack = lockedStack(held(hostname(), deadPid));
    expect([await releaseDeadLock(stack, []), stack.unlocked]).toEqual([true, 1]);
  });

  it.each([
    ["of a process at work", held(hostname(), process.pid), ` (created by me@${hostname()} (pid ${process.pid}))`],
    ["of another machine", held("build-7", deadPid), ` (created by me@build-7 (pid ${deadPid}))`],
    ["of Pulumi Cloud", "error: [409] Conflict: Another update is currently in progress.", ""],
  ])("%s is respected", async (_, stderr, owner) => {
    const stack = lockedStack(stderr);
    const released = releaseDeadLock(stack, []);
    await expect(released).rejects.toThrow(UserError);
    await expect(released).rejects.toThrow(
      `Another command works on "pr-42"${owner}. Wait for it to end; if it is dead for certain, add --unlock.`,
    );
    expect(stack.unlocked).toBe(0);
  });

  it("that cannot be asked for is told in the CLI's own words", async () => {
    await expect(releaseDeadLock(lockedStack("error: no such stack"), [])).rejects.toMatchObject({
      stderr: "error: no such stack",
    });
  });
});
