import type { ClientConfig, Found, FoundType } from "../leftovers/inventory";
import { InUseError } from "./refusals";

/** Removes one thing, and returns once AWS has let go of it. What AWS refuses is thrown; the caller tries again. */
export type Removal = (found: Found) => Promise<unknown>;

/** How each kind of one service is removed. */
export type Removals<Type extends FoundType> = (config: ClientConfig) => Record<Type, Removal>;

/** How long AWS may take to let go of a thing, in seconds. What takes longest, databases and Lambda's network interfaces, is gone in less than 45 minutes. */
export const limitInSeconds = 60 * 60;

/** Nothing has to be done: it goes with what it belongs to. */
export const goesWithItsOwner: Removal = () => Promise.resolve();

/**
 * Removal of what AWS takes minutes for: asks for it once, and is in use until it is gone. The SDK's waiters would not do: they go on through
 * any refusal, for the whole hour where the credentials have ended.
 * @param status what AWS says of the thing; undefined once it says nothing
 */
export const inMinutes =
  (status: (id: string) => Promise<string | undefined>, remove: (id: string) => Promise<unknown>): Removal =>
  async ({ id }) => {
    const now = await status(id);
    // Some stay listed for a while.
    if (now === undefined || /^(deleted|inactive)$/i.test(now)) return;
    if (!/^(delet|drain)/i.test(now)) await remove(id);
    throw new InUseError(`it was ${now} when it was last looked at`);
  };
