import { UserError } from "../../tools/cli";
import { testsUsing, tryInTests } from "./jest-run";
import { type Mutant, titleOf } from "./mutant";
import type { Trial } from "./task";

/** Finds the first failing test for each mutant, by its title: among the tests of the components, then among those of the whole program, which take longer. */
export async function failingTests(mutants: Mutant[]): Promise<Map<string, Required<Trial>>> {
  const ofProgram = await testsUsing("program.ts");
  const ofComponents = (await testsUsing("recorder.ts")).filter((file) => !ofProgram.includes(file));
  const failing = new Map<string, Required<Trial>>();
  for (const files of [ofComponents, ofProgram]) {
    const left = mutants.filter((mutant) => !failing.has(titleOf(mutant)));
    if (left.length === 0) break;
    const trials = await tryInTests(left, files);
    const idle = trials.find(({ applied }) => applied === 0);
    if (idle) throw new UserError(`${idle.file} never met ${idle.mutant}`);
    for (const trial of trials.filter(hasFailed)) if (!failing.has(trial.mutant)) failing.set(trial.mutant, trial);
  }
  return failing;
}

function hasFailed(trial: Trial): trial is Required<Trial> {
  return trial.failed !== undefined;
}
