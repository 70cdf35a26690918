import { hostname } from "node:os";
import { UserError } from "../cli";
import { isAlive } from "../process";
import type { ResourceState } from "../stack-commands";

/** What is needed of a stack to release its lock. */
interface LockedStack {
  /** Name of the stack. */
  stack: string;
  /** Takes the lock and gives it back; fails with what the CLI says where somebody has it. */
  tryLock(resources: ResourceState[]): Promise<void>;
  /** Releases the lock, whoever has it. */
  unlock(): Promise<void>;
}

/**
 * Releases the lock of a process of this machine that does not run any more; true if there was one. Somebody else's is respected.
 * @param resources those of the stack's state
 */
export async function releaseDeadLock(stack: LockedStack, resources: ResourceState[]): Promise<boolean> {
  try {
    await stack.tryLock(resources);
    return false;
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr ?? "";
    if (!/currently locked|currently in progress/.test(reason)) throw error;
    const [owner, host, pid] = /created by .+@(.+) \(pid (\d+)\)/.exec(reason) ?? [];
    if (host !== hostname() || isAlive(Number(pid))) {
      throw new UserError(
        `Another command works on "${stack.stack}"${owner ? ` (${owner})` : ""}. Wait for it to end; if it is dead for certain, add --unlock.`,
      );
    }
    await stack.unlock();
    return true;
  }
}
