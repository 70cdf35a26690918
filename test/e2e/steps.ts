const minutes = (count: number) => count * 60_000;

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
