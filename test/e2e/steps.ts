import type { Operation } from "../../tools/engine";

/** In milliseconds. */
export const minutes = (count: number) => count * 60_000;

/** What an operation that did its work without a complaint looks like. */
export const flawless = { succeeded: true, interrupted: false, problems: [] };

/** Lets an operation go on beside the next steps; the one that awaits it sees its error. */
export function begin(operation: Promise<Operation>): Promise<Operation> {
  operation.catch(() => undefined);
  return operation;
}

let failed = false;

/** Whether one of the file's steps has failed. */
export const stepFailed = () => failed;

/** A test that builds on those before it, and is not tried after one that failed. */
export function step(name: string, work: () => Promise<void>): void {
  it(
    name,
    async () => {
      if (failed) throw new Error("not tried, as a step before it failed");
      failed = true;
      await work();
      failed = false;
    },
    minutes(15),
  );
}
