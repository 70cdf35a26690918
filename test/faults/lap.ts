import type { Configuration, Operation } from "../../tools/engine";
import { changedNothing, describeProblems } from "../../tools/events";
import type { Environment } from "../e2e/cloud";
import { comparable, type Comparable, differences } from "./comparison";

/** An environment at rest, in the form in which it can be compared with another. */
export interface Portrait {
  state: Comparable;
  /** How many of each type AWS has. */
  inCloud: Record<string, number>;
}

/** Changes the retention of logs, the size of both data stores, of a function and of a task, and what alarms about them. */
export const update: Configuration = {
  "tap:logRetentionDays": 60,
  "tap:databaseInstanceClass": "db.t4g.small",
  "tap:databaseBackupRetentionDays": 31,
  "tap:redisNodeType": "cache.t4g.small",
  "tap:serviceMemory": 1024,
  "tap:analyticsMemory": 1024,
};

/** @throws when the operation did not do its work without a complaint. */
export function mustSucceed({ succeeded, problems }: Operation, what: string): void {
  if (!succeeded || problems.length > 0) throw new Error(`${what} failed:\n${describeProblems(problems)}`);
}

/** Refreshes and updates an environment, neither of which may change anything, and describes it. */
export async function portrait(environment: Environment, changes: Configuration): Promise<Portrait> {
  for (const [what, operation] of [
    ["a refresh", await environment.refresh()],
    ["a second up", await environment.up(changes)],
  ] as const) {
    mustSucceed(operation, what);
    if (!changedNothing(operation)) throw new Error(`${what} changed something: ${describeSteps(operation)}`);
  }
  const found = await environment.leftovers();
  const types = [...new Set(found.map(({ type }) => type))].sort();
  return {
    state: comparable(await environment.engine.export(), environment.suffix),
    inCloud: Object.fromEntries(types.map((type) => [type, found.filter((one) => one.type === type).length])),
  };
}

/** @throws when an environment is not what an undisturbed one is. */
export function mustEqual(actual: Portrait, undisturbed: Portrait): void {
  const found = differences(undisturbed, actual);
  if (found.length > 0) {
    const shown = found.slice(0, 50).map((line) => `\n  ${line.slice(0, 600)}`);
    throw new Error(`${found.length} differences to an undisturbed run (undisturbed, this):${shown.join("")}`);
  }
}

/** @throws when AWS still has something of the environment. */
export async function mustBeGone(environment: Environment): Promise<void> {
  const left = await environment.leftovers();
  if (left.length > 0) throw new Error(`left: ${left.map(({ type, id }) => `${type} ${id}`).join(", ")}`);
}

function describeSteps({ steps, changes }: Operation): string {
  return `${JSON.stringify(changes)} ${steps.map(({ op, type, name, diffs }) => `${op} ${type} ${name} ${diffs.join()}`).join("; ")}`.slice(
    0,
    1500,
  );
}
