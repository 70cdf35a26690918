import { accountId, isolated, recordProgram } from "../unit/program";
import type { Recorded } from "../unit/recorder";
import { type Mutant, titleOf } from "./mutant";
import { mutantsOf } from "./mutants";

/** Configurations that together make every kind of resource and input. */
const configurations: Record<string, string>[] = [
  {},
  {
    auditTrail: "true",
    alarmEmails: '["on-call@example.org"]',
    permissionsBoundary: `arn:aws:iam::${accountId}:policy/boundary`,
  },
  isolated,
];

/** What the program registers, and what is tried of it. */
export interface MutatedProgram {
  recorded: Recorded[];
  mutants: Mutant[];
}

/** The program in each configuration, with the mutants that no configuration before it has. */
export async function mutatedPrograms(only = /./): Promise<MutatedProgram[]> {
  const seen = new Set<string>();
  const programs: MutatedProgram[] = [];
  for (const configuration of configurations) {
    const recorded = await recordProgram(configuration);
    const mutants = new Map(mutantsOf(recorded).map((mutant) => [titleOf(mutant), mutant]));
    const fresh = [...mutants].filter(([title]) => only.test(title) && !seen.has(title));
    for (const [title] of fresh) seen.add(title);
    if (fresh.length > 0) programs.push({ recorded, mutants: fresh.map(([, mutant]) => mutant) });
  }
  return programs;
}
