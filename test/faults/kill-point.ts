import { setTimeout as sleep } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Operation } from "../../tools/engine";
import { crash } from "../e2e/crash";
import type { Environment } from "../e2e/cloud";

/**
 * Runs an operation and crashes its engine right after it has begun or ended work on a resource for the given time.
 * @throws Error where it ended by itself before: then nothing was tried, even if it failed
 */
export async function crashAt(
  environment: Environment,
  point: number,
  operate: () => Promise<Operation>,
): Promise<Operation> {
  const engine = { ended: false };
  const operation = operate().finally(() => {
    engine.ended = true;
  });
  while (!engine.ended && workEvents(environment.events()) < point) await sleep(20);
  const isAtWork = !engine.ended;
  if (isAtWork) crash(environment.engine);
  const end = await operation;
  if (!isAtWork || end.succeeded) {
    const what = `the engine ended by itself before event ${point}, at which it was to be killed`;
    throw new Error([what, ...end.problems.map(({ message }) => message)].join("\n"));
  }
  return end;
}

/** How often the engine has begun or ended work on a resource, by the lines of its event log. */
export function workEvents(log: string): number {
  return log.split("\n").filter(isWork).length;
}

/** A resource that is left as it is, or that AWS knows nothing of, is no work. */
function isWork(line: string): boolean {
  // The engine may be writing the last line.
  if (!line.endsWith("}")) return false;
  const { resourcePreEvent, resOutputsEvent } = JSON.parse(line) as EngineEvent;
  const metadata = (resourcePreEvent ?? resOutputsEvent)?.metadata;
  return metadata !== undefined && metadata.op !== "same" && !/^(pulumi|tap):/.test(metadata.type);
}

/** Points spread evenly over an operation of so many events. */
export function spread(points: number, events: number): number[] {
  return Array.from({ length: points }, (_, index) => 1 + Math.floor((index * (events - 1)) / points));
}
