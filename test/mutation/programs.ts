import { UserError } from "../../tools/cli";
import { recordBootstrap } from "../unit/bootstrap-program";
import { accountId, isolated, recordProgram } from "../unit/program";
import type { Recorded } from "../unit/recorder";
import { type Mutant, titleOf } from "./mutant";
import { mutantsOf } from "./mutants";

/** The programs, in configurations that together make every kind of resource and input. */
const recordings: (() => Promise<Recorded[]>)[] = [
  () => recordProgram(),
  () =>
    recordProgram({
      auditTrail: "true",
      alarmEmails: '["on-call@example.org"]',
      permissionsBoundary: `arn:aws:iam::${accountId}:policy/boundary`,
    }),
  () => recordProgram(isolated),
  () => recordBootstrap(),
];

/** What the program registers, and what is tried of it. */
export interface MutatedProgram {
  recorded: Recorded[];
  mutants: Mutant[];
}

/**
 * The programs in each configuration, with the mutants that none before it has.
 * @param only those with such a name
 * @throws UserError where no mutant has
 */
export async function mutatedPrograms(only = /./): Promise<MutatedProgram[]> {
  const seen = new Set<string>();
  const programs: MutatedProgram[] = [];
  for (const record of recordings) {
    const recorded = await record();
    const mutants = new Map(mutantsOf(recorded).map((mutant) => [titleOf(mutant), mutant]));
    const fresh = [...mutants].filter(([title]) => only.test(title) && !seen.has(title));
    for (const [title] of fresh) seen.add(title);
    if (fresh.length > 0) programs.push({ recorded, mutants: fresh.map(([, mutant]) => mutant) });
  }
  if (programs.length === 0) {
    throw new UserError(`--only ${only.source}: no mutant has such a name. All names: npm run mutate -- --list`);
  }
  return programs;
}
