import type { ClientConfig, Found, FoundType } from "../leftovers/inventory";

/** Removes one thing, and returns once AWS has let go of it. What AWS refuses is thrown; the caller tries again. */
export type Removal = (found: Found) => Promise<unknown>;

/** How each kind of one service is removed. */
export type Removals<Type extends FoundType> = (config: ClientConfig) => Record<Type, Removal>;

/** How long AWS may take to let go of a thing, in seconds. What takes longest, databases and Lambda's network interfaces, is gone in less than 45 minutes. */
export const limitInSeconds = 60 * 60;

/** Nothing has to be done: it goes with what it belongs to. */
export const goesWithItsOwner: Removal = () => Promise.resolve();
