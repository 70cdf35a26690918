import type { Mutant } from "./mutant";

/** What a run of jest is to try, in the file that `taskVariable` names. */
export interface Task {
  mutants: Mutant[];
  /** File for a line of JSON for each trial. */
  results: string;
}

/** What came of a mutant in a test file. */
export interface Trial {
  /** Title of the mutant. */
  mutant: string;
  /** Path of the test file in the repository. */
  file: string;
  /** How often a test was told what the mutant had changed. */
  applied: number;
  /** Title of the first test that failed. */
  failed?: string;
}

export const taskVariable = "MUTATION_TASK";
