import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { environmentTags } from "../lib/naming";
import { apiGateway } from "./leftovers/api-gateway";
import { cloudTrail } from "./leftovers/cloudtrail";
import { cloudWatch } from "./leftovers/cloudwatch";
import { cognito } from "./leftovers/cognito";
import { ec2 } from "./leftovers/ec2";
import { ecs } from "./leftovers/ecs";
import { elasticache } from "./leftovers/elasticache";
import { eventBridge } from "./leftovers/eventbridge";
import { iam } from "./leftovers/iam";
import { asSweep, type ClientConfig, type Found, type Inventory } from "./leftovers/inventory";
import { kms } from "./leftovers/kms";
import { lambda } from "./leftovers/lambda";
import { logs } from "./leftovers/logs";
import { isNamedAs } from "./leftovers/names";
import { rds } from "./leftovers/rds";
import { s3 } from "./leftovers/s3";
import { secretsManager } from "./leftovers/secrets-manager";
import { sns } from "./leftovers/sns";
import { wafv2 } from "./leftovers/wafv2";
import { isGone } from "./removal/refusals";

/** Every service that the program uses. */
const inventories: Record<string, Inventory> = {
  "API Gateway": apiGateway,
  CloudTrail: cloudTrail,
  CloudWatch: cloudWatch,
  Cognito: cognito,
  EC2: ec2,
  "ECS, Application Auto Scaling": ecs,
  ElastiCache: elasticache,
  EventBridge: eventBridge,
  IAM: iam,
  KMS: kms,
  Lambda: lambda,
  "CloudWatch Logs": logs,
  RDS: rds,
  S3: s3,
  "Secrets Manager": secretsManager,
  SNS: sns,
  WAF: wafv2,
};

/**
 * What outlives every environment on purpose: one per account and region, so destroying one environment must not take it
 * from the others. Besides it stay what AWS itself keeps for a time: KMS keys in their waiting period, and inactive
 * task definitions, clusters and services of ECS.
 */
const shared = ["api-gateway-cloudwatch-logs"];

/**
 * Asks AWS, and not Pulumi's state, for everything that belongs to an environment.
 * @param progress hears how far it is.
 */
export async function findLeftovers(
  config: ClientConfig,
  environmentSuffix: string,
  progress: (line: string) => void = () => undefined,
): Promise<Found[]> {
  const client = new STSClient(asSweep(config));
  const { Account: accountId = "" } = await client.send(new GetCallerIdentityCommand());
  const perService = await Promise.all(
    Object.entries(inventories).map(async ([service, inventory]) => {
      const existing = await list(() => inventory(asSweep(config), { accountId, environmentSuffix })).catch(
        (error: unknown) => {
          throw new Error(`${service} cannot be looked through`, { cause: error });
        },
      );
      const left = existing.filter((found) => belongsTo(found, environmentSuffix));
      progress(`  ${service}: ${left.length === 0 ? "nothing" : `${left.length} found`}`);
      return left;
    }),
  );
  return perService.flat();
}

/** Enough for an account in which several other environments go away meanwhile. */
const mostLists = 10;

/** Milliseconds: what AWS still lists although it is gone is no longer listed soon. */
const pauseBetweenLists = 3000;

/**
 * Lists again where something was listed that had gone before its tags were asked for.
 * It is not left out on that answer alone: some services give it of what they are just deleting, too, which is still left then.
 */
export async function list(inventory: () => Promise<Found[]>): Promise<Found[]> {
  for (let lists = 1; ; lists += 1) {
    try {
      return await inventory();
    } catch (error) {
      if (!isGone(error) || lists === mostLists) throw error;
    }
    await new Promise((resume) => setTimeout(resume, pauseBetweenLists));
  }
}

/** By the tags that the program gives to everything that takes some; else by its name. */
export function belongsTo({ type, names, tags }: Found, environmentSuffix: string): boolean {
  if (names.some((name) => name !== undefined && shared.includes(name))) return false;
  if (!tags) return isNamedAs(type, names, environmentSuffix);
  return Object.entries(environmentTags(environmentSuffix, {})).every(([name, value]) => tags[name] === value);
}

/** `ec2  Vpc  vpc-0a1b2c  vpc-dev`: service, type, identifier, and a name where the identifier does not tell; one line each. */
export function describeLeftovers(left: Found[]): string {
  return left
    .map(({ type, id, names }) => {
      const [, service = "", kind = ""] = /^aws:([^/]+)\/[^:]+:(.+)$/.exec(type) ?? [];
      const name = names.find((name) => name !== undefined && !id.includes(name)) ?? "";
      return `  ${service.padEnd(15)} ${kind.padEnd(26)} ${id}  ${name}`.trimEnd();
    })
    .sort()
    .join("\n");
}
