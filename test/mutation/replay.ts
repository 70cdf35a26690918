import type { Recorded } from "../unit/recorder";
import { type Meeting, meetingsOf, type Recording, type Runner } from "./meetings";
import { type Mutant, mutated } from "./mutant";

/** By this name among the globals, a test file's recorder finds what tells it what was registered. */
export const replayName = "mutationReplay";

/** What is said to a test that registers more when it runs again. */
export const notRecorded = "a test registers more when it runs again";

/**
 * Keeps what the programs in a test file register, and tells it again, mutated: to run a program takes a hundred times as long as to look at what it registered.
 */
export class Replay {
  /** What is told again has this mutation; what a program registers is kept as long as there is none. */
  meeting: Meeting | undefined;
  /** How often something was told that the mutation had changed. */
  applied = 0;
  private readonly recordings = new Map<Runner, Recording[]>();
  private runner: Runner;
  private call = 0;

  /** A test or a hook begins. */
  enter(runner: Runner): void {
    this.runner = runner;
    this.call = 0;
  }

  async record(run: () => Recording): Recording {
    const made = this.recordings.get(this.runner) ?? [];
    this.recordings.set(this.runner, made);
    if (!this.meeting) {
      const recording = run();
      made.push(recording);
      return recording;
    }
    const recording = made[this.call++];
    if (!recording) throw new Error(notRecorded);
    return this.changed(this.meeting, await recording);
  }

  meetings(mutants: Mutant[]): Promise<Meeting[]> {
    return meetingsOf(mutants, this.recordings);
  }

  private changed({ mutant, match }: Meeting, recorded: Recorded[]): Recorded[] {
    const after = mutated(mutant, recorded, match);
    if (after.length !== recorded.length || after.some((resource, index) => resource !== recorded[index])) {
      this.applied++;
    }
    return after;
  }
}
