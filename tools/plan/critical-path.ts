import type { Registered } from "../program";
import { creationTime } from "./creation-times";

/** How long a first deployment takes, where the engine creates at once whatever can be created. */
export interface CriticalPath {
  /** Seconds until the last resource is there. */
  total: number;
  /** What the last resource waited for, the first one first, each with what itself took. */
  steps: Step[];
  /** The resource that takes longest by itself. */
  longest: Step;
  /** Seconds until that one is there: its own time, and that of what it needs. The deployment cannot be shorter. */
  bound: number;
  /** Types whose time nobody has noted, counted as no time. */
  unknown: string[];
}

export interface Step {
  urn: string;
  /** Seconds after the beginning. */
  start: number;
  seconds: number;
  /** Where the seconds come from. */
  source: string;
}

/** The longest way through what waits for what. Components and providers take no time. */
export function criticalPath(resources: Registered[]): CriticalPath {
  const inCloud = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
  const steps = schedule(resources);
  const last = maximum(inCloud, ({ urn }) => end(steps.get(urn)));
  const longest = maximum(inCloud, ({ urn }) => steps.get(urn)?.seconds ?? 0);
  const longestStep = steps.get(longest.urn);
  if (!longestStep) throw new Error(`${longest.urn} has no place in the schedule`);
  return {
    total: end(steps.get(last.urn)),
    steps: wayTo(last, resources, steps),
    longest: longestStep,
    bound: end(longestStep),
    unknown: [...new Set(inCloud.filter((resource) => !creationTime(resource)).map(({ type }) => type))].sort(),
  };
}

/** When each resource is begun, at the earliest. */
export function schedule(resources: Registered[]): Map<string, Step> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const steps = new Map<string, Step>();
  const place = (resource: Registered): Step => {
    const known = steps.get(resource.urn);
    if (known) return known;
    const needs = needsOf(resource, byUrn);
    const start = Math.max(0, ...needs.map((need) => end(place(need))));
    const { seconds, source } = creationTime(resource) ?? { seconds: 0, source: "not noted" };
    const step = { urn: resource.urn, start, seconds, source };
    steps.set(resource.urn, step);
    return step;
  };
  resources.forEach(place);
  return steps;
}

/** All that must be there before a resource, however indirectly, by URN. */
export function allNeeds(resource: Registered, resources: Registered[]): Registered[] {
  const byUrn = new Map(resources.map((each) => [each.urn, each]));
  const found = new Map<string, Registered>();
  const collect = (from: Registered) => {
    for (const need of needsOf(from, byUrn).filter(({ urn }) => !found.has(urn))) {
      found.set(need.urn, need);
      collect(need);
    }
  };
  collect(resource);
  return [...found.values()].sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

function needsOf({ dependencies }: Registered, byUrn: Map<string, Registered>): Registered[] {
  return dependencies.flatMap((urn) => byUrn.get(urn) ?? []);
}

function wayTo(last: Registered, resources: Registered[], steps: Map<string, Step>): Step[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const way: Step[] = [];
  for (let at: Registered | undefined = last; at;) {
    const step = steps.get(at.urn);
    if (step) way.unshift(step);
    const needs: Registered[] = needsOf(at, byUrn);
    at = needs.find(({ urn }) => end(steps.get(urn)) === step?.start);
  }
  return way;
}

function end(step: Step | undefined): number {
  return step ? step.start + step.seconds : 0;
}

function maximum<T>(items: T[], by: (item: T) => number): T {
  const [first, ...others] = items;
  if (first === undefined) throw new Error("a plan without resources has no critical path");
  return others.reduce((best, item) => (by(item) > by(best) ? item : best), first);
}
