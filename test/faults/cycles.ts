import { join } from "node:path";
import type { Configuration, Operation } from "../../tools/engine";
import type { Cloud, Environment } from "../e2e/cloud";
import { type Fault, FaultProxy } from "./fault-proxy";
import { crashAt } from "./kill-point";
import { mustBeGone, mustEqual, mustSucceed, type Portrait, portrait, update } from "./lap";
import type { Results } from "./table";

export type Phase = "up" | "update" | "destroy";

/** What an environment is and does when nothing disturbs it. */
export interface Undisturbed {
  created: Portrait;
  updated: Portrait;
  efforts: Record<Phase, Effort>;
}

interface Effort {
  /** How often the engine begins or ends work on a resource. */
  events: number;
  /** How often the engine and the program ask AWS for something. */
  requests: number;
}

export async function undisturbed(cloud: Cloud, suffix: string): Promise<Undisturbed> {
  const proxy = await FaultProxy.start(cloud.endpoint, 0, join(cloud.folder.root, `${suffix}-faults.log`));
  const environment = cloud.environment(suffix, proxy.endpoint);
  const effort = async (phase: Phase, operate: () => Promise<Operation>): Promise<Effort> => {
    proxy.inject(undefined);
    const operation = await operate();
    mustSucceed(operation, phase);
    return { events: events(operation), requests: proxy.requests };
  };
  try {
    const up = await effort("up", () => environment.up());
    const created = await portrait(environment, {});
    const second = await effort("update", () => environment.up(update));
    const updated = await portrait(environment, update);
    const destroy = await effort("destroy", () => environment.destroy());
    await mustBeGone(environment);
    await environment.engine.remove();
    return { created, updated, efforts: { up, update: second, destroy } };
  } finally {
    await proxy.stop();
  }
}

/** Each step has an event when it begins and one when it ends. */
function events({ steps }: Operation): number {
  return 2 * steps.filter(({ type }) => !/^(pulumi|tap):/.test(type)).length;
}

interface Cycle {
  /** Begins the names of its cases. */
  name: string;
  environment: Environment;
  reference: Undisturbed;
  /** Whether AWS may have made things twice, of which nobody hears unless they ask. */
  duplicates: boolean;
  /** Which point of a phase is tried, for people. */
  point: (phase: Phase) => string;
  /** Runs an operation and disturbs it. */
  disturb: (phase: Phase, operate: () => Promise<Operation>) => Promise<Operation>;
}

/** Creates, updates and destroys an environment, each disturbed, recovered as documented, done again, and compared. */
async function cycle(
  results: Results,
  { name, environment, reference, duplicates, point, disturb }: Cycle,
): Promise<void> {
  const phase = (kind: Phase, operate: () => Promise<Operation>, check: () => Promise<void>) =>
    results.point(`${name}: ${kind}`, `${environment.suffix}, ${point(kind)}`, async () => {
      const { succeeded } = await disturb(kind, operate);
      if (!succeeded || duplicates) await environment.recover(...(duplicates ? ["--delete", "--yes"] : []));
      if (!succeeded) mustSucceed(await operate(), `the ${kind} after the recovery`);
      await check();
    });
  const brought = (changes: Configuration, wanted: Portrait) => async () => {
    mustEqual(await portrait(environment, changes), wanted);
  };
  await phase("up", () => environment.up(), brought({}, reference.created));
  await phase("update", () => environment.up(update), brought(update, reference.updated));
  const gone = await phase(
    "destroy",
    () => environment.destroy(),
    () => mustBeGone(environment),
  );
  if (gone) await environment.engine.remove();
}

/** A cycle in which the engine is killed at one point of each phase. */
export function killedCycle(
  results: Results,
  environment: Environment,
  reference: Undisturbed,
  points: Record<Phase, number>,
): Promise<void> {
  return cycle(results, {
    name: "engine killed",
    environment,
    reference,
    duplicates: false,
    point: (phase) => `event ${points[phase]} of ${reference.efforts[phase].events}`,
    disturb: (phase, operate) => crashAt(environment, points[phase], operate),
  });
}

/** A cycle in which AWS fails at random requests of each phase. */
export async function faultyCycle(
  results: Results,
  cloud: Cloud,
  options: { suffix: string; reference: Undisturbed; seed: number; faults: Record<Phase, Fault> },
): Promise<void> {
  const { suffix, reference, seed, faults } = options;
  const { kind } = faults.up;
  const proxy = await FaultProxy.start(cloud.endpoint, seed, join(cloud.folder.root, `${suffix}-faults.log`));
  const environment = cloud.environment(suffix, proxy.endpoint);
  try {
    await cycle(results, {
      name: `AWS ${kind}`,
      environment,
      reference,
      duplicates: kind === "unanswered",
      point: () => `seed ${seed}`,
      disturb: async (phase, operate) => {
        proxy.inject(faults[phase]);
        const before = proxy.injected.length;
        const operation = await operate();
        proxy.inject(undefined);
        if (proxy.injected.length === before) throw new Error("no request was hit");
        if (kind !== "expired") return operation;
        if (operation.succeeded) throw new Error("it succeeded although the credentials had expired");
        const said = operation.problems.map(({ message }) => message).join("\n");
        if (!/expired|security token/i.test(said))
          throw new Error(`no error tells that the credentials have expired:\n${said}`);
        return operation;
      },
    });
  } finally {
    await proxy.stop();
  }
}
