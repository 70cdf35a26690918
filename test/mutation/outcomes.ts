import type { Rule } from "../../policy/rule";
import { policyJudge } from "./by-policies";
import { failingTests } from "./by-tests";
import { titleOf } from "./mutant";
import type { MutatedProgram } from "./programs";

/** Who notices a mutant: a rule, or else a test, or else nobody. */
export interface Outcome {
  mutant: string;
  rule?: Pick<Rule, "name" | "enforcement">;
  test?: { file: string; title: string };
}

/** Those that nobody notices last. */
export async function outcomesOf(programs: MutatedProgram[]): Promise<Outcome[]> {
  const judged = programs.flatMap(({ recorded, mutants }) => {
    const violated = policyJudge(recorded);
    return mutants.map((mutant) => ({ mutant, rule: violated(mutant) }));
  });
  const failing = await failingTests(judged.filter(({ rule }) => !rule).map(({ mutant }) => mutant));
  const outcomes = judged.map(({ mutant, rule }): Outcome => {
    const title = titleOf(mutant);
    if (rule) return { mutant: title, rule: { name: rule.name, enforcement: rule.enforcement } };
    const trial = failing.get(title);
    return { mutant: title, ...(trial && { test: { file: trial.file, title: trial.failure.test } }) };
  });
  return outcomes.sort((a, b) => Number(survived(a)) - Number(survived(b)));
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
