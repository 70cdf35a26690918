import { clockTolerance } from "./access-tokens";
import { Problem } from "./problems";

/** The time zone that is furthest ahead is on the next day already; in hours. */
const furthestAhead = 14;

/**
 * Refuses a moment, or a day, that has not come yet anywhere.
 *
 * @throws Problem 422
 */
export function notInFuture<Name extends string>(given: Record<Name, string>, name: Name): void {
  const isDay = given[name].length === "2026-01-31".length;
  const moment = Date.parse(given[name]);
  const latest = Date.now() + (isDay ? furthestAhead * 3_600_000 : clockTolerance * 1000);
  if (moment <= latest) return;
  const detail = Number.isNaN(moment) ? "There is no such moment." : "It is in the future.";
  throw new Problem(422, "The request cannot be so.", { faults: [{ pointer: `/${name}`, detail }] });
}
