import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RedisConnection } from "../redis-connection";
import { runScript, script } from "../redis-scripts";
import type { Metrics } from "./metrics";
import { StoreError } from "./store/errors";

/** What the cache knew of a key when it was asked; `resolve` makes the value of it. */
export type Lookup<T> =
  | { state: "known"; value: T | null }
  /** Nobody loads the value: whoever asked is to do so. */
  | { state: "leased"; key: string; lease: string }
  | { state: "loading"; key: string }
  /** A write is at work on it, or the cache is off or cannot be asked. */
  | { state: "bypassed" };

/** Milliseconds that one may take to load a value; then another may. */
const leaseTime = 5000;

/** Milliseconds that one waits for another to load a value, before loading it too. */
const patience = 1000;

/** Milliseconds between looks whether it is loaded. */
const pollInterval = 10;

/** Milliseconds that a write may take: longer than the function may run, so that none ends later. */
const blockTime = 60_000;

/** Seconds that something is known not to exist. */
const absentFor = 30;

/** Values live up to this much shorter or longer, so that what was cached together does not expire together. */
const jitter = 0.1;

/**
 * Cache-aside of values that are read from the database, null included. One Redis string a key holds, by its first
 * letter, a Value, the word that there is None, the Lease of whoever loads it, or the Block of whoever writes it.
 *
 * No old value can stay behind a newer write: the write blocks the key before it commits and frees it afterwards. Who
 * loaded the value before has lost its lease to the block, and cannot fill it in. Where the write's fate is unknown, the
 * block stays until it expires.
 *
 * When Redis does not answer, reads go to the database; writes fail, as they could not block.
 */
export class ReadCache {
  /**
   * @param lifetime seconds that a value lives; 0: reads neither ask the cache nor fill it. Writes block all the same, as it
   *   may be on in other containers, or again before a value has expired
   */
  constructor(
    private readonly redis: RedisConnection,
    private readonly lifetime: number,
    private readonly metrics: Metrics,
  ) {}

  /** One round trip. Never fails. */
  async lookUp<T>(key: string): Promise<Lookup<T>> {
    if (this.lifetime === 0) return { state: "bypassed" };
    const lease = `L${randomUUID()}`;
    try {
      const found = await this.redis.run((client) => client.set(key, lease, "PX", leaseTime, "NX", "GET"));
      return this.read<T>(key, lease, found);
    } catch {
      this.metrics.count("CacheFailures");
      return { state: "bypassed" };
    }
  }

  /** The value of a key that was looked up: from the cache, or loaded, by one at a time. */
  async resolve<T>(lookup: Lookup<T>, load: () => Promise<T | null>): Promise<T | null> {
    const settled = lookup.state === "loading" ? await this.wait<T>(lookup.key) : lookup;
    if (settled.state === "known") {
      this.metrics.count("CacheHits");
      return settled.value;
    }
    this.metrics.count("CacheMisses");
    try {
      const value = await load();
      this.metrics.count("CacheLoads");
      if (settled.state === "leased") await this.fill(settled, value);
      return value;
    } catch (error) {
      await this.release(settled);
      throw error;
    }
  }

  /** Gives up what a lookup holds, where its value is not wanted after all. */
  async release(lookup: Lookup<unknown>): Promise<void> {
    if (lookup.state !== "leased") return;
    await this.quietly((client) => runScript(client, deleteIfScript, [lookup.key], [lookup.lease]));
  }

  /**
   * Runs a write of what a key stands for. The write calls `beforeChange` within its transaction, once that has the row's
   * lock, so that one writer at a time holds the key.
   *
   * @throws UnavailableError where the key cannot be blocked, and whatever the write throws
   */
  async write<T>(key: string, run: (beforeChange: () => Promise<void>) => Promise<T>): Promise<T> {
    const block = `B${randomUUID()}`;
    try {
      const result = await run(async () => {
        await this.redis.run((client) => client.set(key, block, "PX", blockTime));
      });
      await this.quietly((client) => runScript(client, freeScript, [key], [block]));
      return result;
    } catch (error) {
      // What the store refused has changed nothing: no value is old, only the block is to go.
      if (error instanceof StoreError)
        await this.quietly((client) => runScript(client, deleteIfScript, [key], [block]));
      throw error;
    }
  }

  private read<T>(key: string, lease: string, found: string | null): Lookup<T> {
    if (found === null) return { state: "leased", key, lease };
    switch (found[0]) {
      case "V":
        return { state: "known", value: JSON.parse(found.slice(1)) as T };
      case "N":
        return { state: "known", value: null };
      case "L":
        // A command that was repeated on another connection may find its own.
        return found === lease ? { state: "leased", key, lease } : { state: "loading", key };
      default:
        return { state: "bypassed" };
    }
  }

  private async wait<T>(key: string): Promise<Lookup<T>> {
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      await sleep(pollInterval);
      const lookup = await this.lookUp<T>(key);
      if (lookup.state !== "loading") return lookup;
    }
    return { state: "bypassed" };
  }

  private async fill({ key, lease }: { key: string; lease: string }, value: unknown): Promise<void> {
    const spread = 1 + jitter * (2 * Math.random() - 1);
    const [text, seconds] = value === null ? ["N", absentFor] : [`V${JSON.stringify(value)}`, this.lifetime];
    await this.quietly((client) =>
      runScript(client, fillScript, [key], [lease, text, Math.max(1, Math.round(seconds * spread * 1000))]),
    );
  }

  /** What only spares others work may fail. */
  private async quietly(commands: Parameters<RedisConnection["run"]>[0]): Promise<void> {
    try {
      await this.redis.run(commands);
    } catch {
      this.metrics.count("CacheFailures");
    }
  }
}

const fillScript = script(`
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
`);

const deleteIfScript = script(`
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);

/** The block of a later writer stays; anything else that took the block's place is as old as what was written over. */
const freeScript = script(`
  local found = redis.call('GET', KEYS[1])
  if found and (found == ARGV[1] or string.sub(found, 1, 1) ~= 'B') then redis.call('DEL', KEYS[1]) end
`);
