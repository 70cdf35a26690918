/** The steps of a rotation, in the order in which Secrets Manager runs them. */
export const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

export type Step = (typeof steps)[number];

/** Runs step after step until one fails, as Secrets Manager does. */
export async function rotate(run: (step: Step) => Promise<unknown>): Promise<"done" | { step: Step; error: string }> {
  for (const step of steps) {
    try {
      await run(step);
    } catch (error) {
      return { step, error: error instanceof Error ? error.message : "not an error" };
    }
  }
  return "done";
}
