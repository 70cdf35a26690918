import { setImmediate } from "node:timers/promises";
import type { Rule } from "../../policy/rule";
import { rules } from "../../policy/rules";
import { withProgress } from "../../tools/progress";
import { policyJudge } from "./by-policies";
import { failingTests } from "./by-tests";
import { type Mutant, titleOf } from "./mutant";
import type { MutatedProgram } from "./programs";

/** Who notices a mutant: a rule, or else a test, or else nobody. */
export interface Outcome {
  mutant: string;
  rule?: Pick<Rule, "name" | "enforcement">;
  test?: { file: string; title: string };
}

/** Those that nobody notices last. */
export async function outcomesOf(programs: MutatedProgram[]): Promise<Outcome[]> {
  const judged: Judged[] = [];
  for (const program of programs) {
    const what = `${program.mutants.length} mutants, ${rules.length} rules`;
    judged.push(...(await withProgress(what, () => judgedOf(program))));
  }
  const failing = await failingTests(judged.filter(({ rule }) => !rule).map(({ mutant }) => mutant));
  const outcomes = judged.map(({ mutant, rule }): Outcome => {
    const title = titleOf(mutant);
    if (rule) return { mutant: title, rule: { name: rule.name, enforcement: rule.enforcement } };
    const trial = failing.get(title);
    return { mutant: title, ...(trial && { test: { file: trial.file, title: trial.failed } }) };
  });
  return outcomes.sort((a, b) => Number(survived(a)) - Number(survived(b)));
}

interface Judged {
  mutant: Mutant;
  /** That it violates. */
  rule: Rule | undefined;
}

async function judgedOf({ recorded, mutants }: MutatedProgram): Promise<Judged[]> {
  const violated = policyJudge(recorded);
  const judged: Judged[] = [];
  for (const mutant of mutants) {
    judged.push({ mutant, rule: violated(mutant) });
    // Lets the progress be told.
    await setImmediate();
  }
  return judged;
}

export function survived({ rule, test }: Outcome): boolean {
  return !rule && !test;
}

export function renderOutcome({ mutant, rule, test }: Outcome): string {
  if (rule) return `${mutant} → rule ${rule.name} (${rule.enforcement})`;
  return test ? `${mutant} → ${test.file} › ${test.title}` : `${mutant} → SURVIVED`;
}

export function summaryOf(outcomes: Outcome[]): string {
  const byPolicies = outcomes.filter(({ rule }) => rule).length;
  const byTests = outcomes.filter(({ test }) => test).length;
  const left = outcomes.filter(survived).length;
  return `${outcomes.length} mutants: ${byPolicies} caught by policies, ${byTests} by tests, ${left} survived`;
}
