import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

/** A Lua script that Redis runs as one step (Redis, "Scripting with Lua"). */
export interface Script {
  source: string;
  /** SHA-1, by which Redis remembers it. */
  digest: string;
}

export const script = (source: string): Script => ({
  source,
  digest: createHash("sha1").update(source).digest("hex"),
});

/** Runs a script; sends its text only where Redis does not have it, such as after a restart. */
export async function runScript(
  client: Redis,
  { source, digest }: Script,
  keys: string[],
  args: (string | number)[],
): Promise<unknown> {
  try {
    return await client.evalsha(digest, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
    return client.eval(source, keys.length, ...keys, ...args);
  }
}
