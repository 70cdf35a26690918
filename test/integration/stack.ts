import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { resourceName, type ResourceType } from "../../lib/naming";
import { findStack } from "./outputs";

/** The deployed stack that the suite tests. */
export const { outputs, endpoint, isLocal, localCloudFolder } = findStack(process.env);

export const { environmentSuffix, region } = outputs;

/** Whether the environment has a trail of the calls of AWS's APIs. */
export const hasTrail = outputs.auditTrailBucketName !== undefined;

/** Where the stack says that it lives. */
export const [, partition = "", , , accountId = ""] = outputs.kmsKeyArns.database.split(":");

const configuration = {
  region,
  endpoint,
  maxAttempts: 5,
  // The local cloud takes any; AWS takes those of the environment.
  ...(isLocal ? { credentials: { accessKeyId: "testing", secretAccessKey: "testing" } } : {}),
};

export const aws = {
  apiGateway: new APIGatewayClient(configuration),
  autoScaling: new ApplicationAutoScalingClient(configuration),
  cloudTrail: new CloudTrailClient(configuration),
  cloudWatch: new CloudWatchClient(configuration),
  cognito: new CognitoIdentityProviderClient(configuration),
  ec2: new EC2Client(configuration),
  ecs: new ECSClient(configuration),
  elastiCache: new ElastiCacheClient(configuration),
  eventBridge: new EventBridgeClient(configuration),
  iam: new IAMClient(configuration),
  kms: new KMSClient(configuration),
  lambda: new LambdaClient(configuration),
  logs: new CloudWatchLogsClient(configuration),
  rds: new RDSClient(configuration),
  // The local cloud has one host for all buckets.
  s3: new S3Client({ ...configuration, forcePathStyle: isLocal }),
  secretsManager: new SecretsManagerClient(configuration),
  sns: new SNSClient(configuration),
  waf: new WAFV2Client(configuration),
};

/** The physical name that something of this environment has. */
export const nameOf = (type: ResourceType): string => resourceName(type, environmentSuffix);

/** Where the API answers: at its own host in AWS, under a path of the local cloud. */
export const apiUrl = isLocal
  ? `${endpoint ?? ""}/restapis/${outputs.apiId}/${environmentSuffix}/_user_request_`
  : outputs.apiUrl;

/** ARN of something in the stack's account and region. */
export const arnOf = (service: string, resource: string): string =>
  `arn:${partition}:${service}:${region}:${accountId}:${resource}`;

/** The one item of a list that must have one. */
export function only<T>(items: readonly T[] | undefined, what: string): T {
  const [item, ...others] = items ?? [];
  if (item === undefined || others.length > 0) throw new Error(`expected one ${what}, found ${items?.length ?? 0}`);
  return item;
}

/** What AWS must have answered. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`AWS has answered no ${what}`);
  return value;
}

/** All items of all pages. */
export async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}

/** Asks until there is an answer, of what AWS shows only some time after it happened. */
export async function eventually<T>(condition: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`after ${seconds} seconds it is still not so that ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** A policy document as AWS keeps it. */
export interface PolicyDocument {
  Version: string;
  Statement: PolicyStatement[];
}

export interface PolicyStatement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: unknown;
}

export const parsePolicy = (text: string | undefined): PolicyDocument =>
  JSON.parse(present(text, "policy document")) as PolicyDocument;

/** A policy, or a part of it, whatever AWS makes of its lists: those of strings sorted, and a list of one as the one. */
export function canonical(part: unknown): unknown {
  if (Array.isArray(part)) {
    const members = part.map(canonical);
    if (members.length === 1) return members[0];
    return members.every((member) => typeof member === "string") ? members.toSorted() : members;
  }
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, canonical(value)]));
}

/** The members of a policy's element, which may be one or a list. */
export const listOf = (element: string | string[] | undefined): string[] =>
  element === undefined ? [] : [element].flat();
