import type { Recorded } from "../unit/recorder";
import { changed } from "./change";
import { type Match, matches, type Mutant } from "./mutant";

/** The function of a test or of a hook. */
export type Runner = unknown;

export type Recording = Promise<Recorded[]>;

/** A mutant, and the tests and hooks that see what it changes. */
export interface Meeting {
  mutant: Mutant;
  match: Match;
  runners: Set<Runner>;
}

/** A resource as several tests see it. */
interface Seen {
  resource: Recorded;
  runners: Set<Runner>;
}

/** The mutants that a test file meets. */
export async function meetingsOf(mutants: Mutant[], recordings: Map<Runner, Recording[]>): Promise<Meeting[]> {
  const seen = await resourcesIn(recordings);
  return mutants.flatMap((mutant): Meeting[] => {
    const ofComponent = seen.filter(({ resource }) => matches(mutant, resource, "component"));
    const ofName = ofComponent.filter(({ resource }) => matches(mutant, resource, "name"));
    const met = (ofName.length > 0 ? ofName : ofComponent).filter(({ resource }) => isChanged(resource, mutant));
    const runners = new Set(met.flatMap((one) => [...one.runners]));
    return runners.size > 0 ? [{ mutant, match: ofName.length > 0 ? "name" : "component", runners }] : [];
  });
}

async function resourcesIn(recordings: Map<Runner, Recording[]>): Promise<Seen[]> {
  const seen = new Map<string, Seen>();
  for (const [runner, all] of recordings) {
    // A program may be meant to fail.
    for (const recording of await Promise.allSettled(all)) {
      for (const resource of recording.status === "fulfilled" ? recording.value : []) {
        const key = JSON.stringify(resource);
        const known = seen.get(key) ?? { resource, runners: new Set() };
        known.runners.add(runner);
        seen.set(key, known);
      }
    }
  }
  return [...seen.values()];
}

function isChanged(resource: Recorded, { change }: Mutant): boolean {
  return changed(resource, change)[0] !== resource;
}
