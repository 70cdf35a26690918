import { describeLeftovers } from "./leftovers";
import type { ClientConfig, Found, FoundType } from "./leftovers/inventory";
import { withProgress } from "./progress";
import { apiGateway } from "./removal/api-gateway";
import { cloudTrail } from "./removal/cloudtrail";
import { cloudWatch } from "./removal/cloudwatch";
import { cognito } from "./removal/cognito";
import { ec2 } from "./removal/ec2";
import { ecs } from "./removal/ecs";
import { elasticache } from "./removal/elasticache";
import { eventBridge } from "./removal/eventbridge";
import { iam } from "./removal/iam";
import { kms } from "./removal/kms";
import { lambda } from "./removal/lambda";
import { logs } from "./removal/logs";
import { stages } from "./removal/order";
import { rds } from "./removal/rds";
import { isForbidden, isGone, isInUse } from "./removal/refusals";
import { limitInSeconds, type Removal } from "./removal/removal";
import { s3 } from "./removal/s3";
import { secretsManager } from "./removal/secrets-manager";
import { sns } from "./removal/sns";
import { wafv2 } from "./removal/wafv2";

/** Why something could not be removed. */
export interface Failure {
  found: Found;
  reason: string;
}

const pauseInSeconds = 5;

/** Seconds for which unexpected refusals in a row are tried again: AWS's services learn of each other's deletions a little later. */
const unexpectedLimitInSeconds = 60;

const removals = (config: ClientConfig): Record<FoundType, Removal> => ({
  ...apiGateway(config),
  ...cloudTrail(config),
  ...cloudWatch(config),
  ...cognito(config),
  ...ec2(config),
  ...ecs(config),
  ...elasticache(config),
  ...eventBridge(config),
  ...iam(config),
  ...kms(config),
  ...lambda(config),
  ...logs(config),
  ...rds(config),
  ...s3(config),
  ...secretsManager(config),
  ...sns(config),
  ...wafv2(config),
});

/**
 * Removes what was found, stage by stage, and returns what could not be. A stage in which something failed is the last: what follows stands under it,
 * and a key must not go before the data that it encrypts.
 */
export async function removeAll(config: ClientConfig, all: Found[]): Promise<Failure[]> {
  const removalOf = removals(config);
  for (const { name, types } of stages) {
    const found = all.filter(({ type }) => types.includes(type));
    if (found.length === 0) continue;
    const failures = await withProgress(`${found.length} of: ${name}`, () =>
      Promise.all(
        found.map(async (thing) => {
          const reason = await removeOne(() => removalOf[thing.type](thing));
          console.log(`  ${reason === undefined ? "gone" : "LEFT"}  ${thing.type.split(":")[2] ?? ""} ${thing.id}`);
          return reason === undefined ? [] : [{ found: thing, reason }];
        }),
      ),
    );
    if (failures.flat().length > 0) return failures.flat();
  }
  return [];
}

/** Why nothing of it is to be removed: what somebody has protected against deletion would stop it half way, with the users and secrets gone already. */
export function describeProtected(all: Found[]): string | undefined {
  const kept = all.filter(({ isProtected }) => isProtected);
  if (kept.length === 0) return undefined;
  return [
    `Nothing was removed, as somebody has protected this against deletion:\n${describeLeftovers(kept)}`,
    "Ask who and why; take the protection off, and run the same command again.",
  ].join("\n");
}

/** What could not be removed, and why, a line each. */
export function describeFailures(failures: Failure[]): string {
  return failures.map(({ found: { type, id }, reason }) => `  ${type} ${id}: ${reason}`).join("\n");
}

/** Tries until the thing is gone, or AWS has refused for too long. Returns the last refusal, or undefined. */
export async function removeOne(remove: () => Promise<unknown>): Promise<string | undefined> {
  let unexpected = 0;
  for (let waited = 0; ; waited += pauseInSeconds) {
    try {
      await remove();
      return undefined;
    } catch (error) {
      if (isGone(error)) return undefined;
      unexpected = isInUse(error) ? 0 : unexpected + pauseInSeconds;
      if (isForbidden(error) || waited >= limitInSeconds || unexpected > unexpectedLimitInSeconds) {
        return error instanceof Error ? `${error.name}: ${error.message}` : "";
      }
    }
    await new Promise((resume) => setTimeout(resume, pauseInSeconds * 1000));
  }
}
