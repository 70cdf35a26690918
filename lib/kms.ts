import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type DataLossGuard } from "./data-loss";
import { regionalArn, type Environment } from "./environment";
import { policyDocument, type Statement } from "./iam";
import { functionTypes, phiTags, resourceName, type ResourceType, serviceLogGroups } from "./naming";

/** What a key protects. */
export type KeyDomain = "database" | "cache" | "secrets" | "logs" | "alerts";

/** Domains whose data never holds anything of a patient. */
const withoutPhi: KeyDomain[] = ["logs", "alerts"];

/** AWS waits 7 to 30 days before it deletes a key; the shortest, since an environment's data goes with it. */
const deletionWindowInDays = 7;

const rotationPeriodInDays = 365;

/**
 * One customer-managed key for each domain, with yearly rotation and an alias (45 CFR 164.312(a)(2)(iv); Security Hub KMS.4).
 * Each key serves the AWS services of its domain only; nobody can use one directly.
 */
export class Kms extends pulumi.ComponentResource {
  readonly keyArns: Record<KeyDomain, pulumi.Output<string>>;

  constructor(
    name: string,
    private readonly environment: Environment,
    private readonly dataLoss: DataLossGuard,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:security:Kms", name, {}, opts);

    this.keyArns = {
      database: this.createKey(
        "database",
        "Storage, backups and Performance Insights of the database",
        databaseKeyPolicy(environment),
      ),
      cache: this.createKey("cache", "Redis at rest and its snapshots", cacheKeyPolicy(environment)),
      secrets: this.createKey("secrets", "Secrets in Secrets Manager", secretsKeyPolicy(environment)),
      logs: this.createKey("logs", "Log groups", logsKeyPolicy(environment)),
      alerts: this.createKey("alerts", "Alarms on their way to those who are paged", alertsKeyPolicy(environment)),
    };

    this.registerOutputs({ keyArns: this.keyArns });
  }

  private createKey(domain: KeyDomain, description: string, policy: string): pulumi.Output<string> {
    const tags = withoutPhi.includes(domain) ? {} : phiTags;
    const { environment, dataLoss } = this;
    return createKey(this, domain, { environment, type: `kms-${domain}`, description, policy, tags, dataLoss });
  }
}

export interface KeyArgs {
  environment: Environment;
  type: Extract<ResourceType, `kms-${string}`>;
  description: string;
  policy: string;
  /** Beside its name. */
  tags: Record<string, string>;
  dataLoss: DataLossGuard;
}

/** Makes a key with yearly rotation and its alias as children of a component, and returns its ARN. */
export function createKey(parent: pulumi.Resource, name: string, args: KeyArgs): pulumi.Output<string> {
  const physicalName = resourceName(args.type, args.environment.environmentSuffix);
  const key = new aws.kms.Key(
    name,
    {
      description: `${args.description} (${physicalName})`,
      policy: args.policy,
      enableKeyRotation: true,
      rotationPeriodInDays,
      deletionWindowInDays,
      tags: { Name: physicalName, ...args.tags },
    },
    { parent, ...args.dataLoss.optionsFor("keys", physicalName) },
  );
  new aws.kms.Alias(name, { name: `alias/${physicalName}`, targetKeyId: key.id }, { parent });
  return key.arn;
}

/** RDS encrypts storage and Performance Insights for callers that IAM allows (RDS user guide, "AWS KMS key management"). */
export function databaseKeyPolicy(environment: Environment): string {
  return policyDocument([administration(environment), ...useThrough(environment, ["rds"])]);
}

/** ElastiCache asks in DAX's name, too (ElastiCache user guide, "At-Rest Encryption in ElastiCache", "Using customer managed keys from AWS KMS"). */
export function cacheKeyPolicy(environment: Environment): string {
  return policyDocument([administration(environment), ...useThrough(environment, ["elasticache", "dax"])]);
}

/** RDS makes and rotates the database's master secret in Secrets Manager (RDS user guide, "Password management with RDS and AWS Secrets Manager"). */
export function secretsKeyPolicy(environment: Environment): string {
  return policyDocument([administration(environment), ...useThrough(environment, ["secretsmanager", "rds"])]);
}

/** This region's log service, for the log groups of this environment only (CloudWatch Logs user guide, "Encrypt log data"). */
export function logsKeyPolicy(environment: Environment): string {
  return policyDocument([
    administration(environment),
    {
      Sid: "EncryptLogGroups",
      Effect: "Allow",
      Principal: { Service: `logs.${environment.region}.amazonaws.com` },
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:DescribeKey",
      ],
      Resource: "*",
      Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": encryptedLogGroupArns(environment) } },
    },
  ]);
}

/** CloudWatch for alarms of this account, and SNS for callers that IAM allows (SNS developer guide, "Key management"). */
export function alertsKeyPolicy(environment: Environment): string {
  return policyDocument([
    administration(environment),
    {
      Sid: "PublishAlarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": environment.accountId } },
    },
    ...useThrough(environment, ["sns"]),
  ]);
}

/** ARNs of every log group of an environment; the identifier of the API, which AWS chooses, is a wildcard. */
export function encryptedLogGroupArns(environment: Environment): string[] {
  const { environmentSuffix } = environment;
  const name = (type: Parameters<typeof resourceName>[0]) => resourceName(type, environmentSuffix);
  return [
    name("vpc-flow-logs"),
    name("audit"),
    name("api-access"),
    name("redis-slow-log"),
    name("redis-engine-log"),
    name("ecs-analytics"),
    name("aws-waf-logs"),
    name("cloudtrail"),
    ...functionTypes.map((type) => serviceLogGroups.lambda(name(type))),
    serviceLogGroups.rds(name("rds-postgres"), "postgresql"),
    serviceLogGroups.rds(name("rds-postgres"), "upgrade"),
    serviceLogGroups.apiExecution("*", environmentSuffix),
    serviceLogGroups.containerInsights(name("ecs")),
  ].map((logGroup) => regionalArn(environment, "logs", `log-group:${logGroup}`));
}

/** Management by whom IAM allows, without use. Without the account's root a key could become unmanageable (KMS developer guide, "Default key policy"). */
export function administration({ partition, accountId }: Pick<Environment, "partition" | "accountId">): Statement {
  return {
    Sid: "Administration",
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
    Action: [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:DescribeKey",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListGrants",
      "kms:ListKeyPolicies",
      "kms:ListKeyRotations",
      "kms:ListResourceTags",
      "kms:PutKeyPolicy",
      "kms:RevokeGrant",
      "kms:RotateKeyOnDemand",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ],
    Resource: "*",
  };
}

/** Use by whom IAM allows, and only through some AWS services, which may keep grants for resources of theirs. */
export function useThrough({ partition, accountId, region }: Environment, services: string[]): Statement[] {
  const Principal = { AWS: `arn:${partition}:iam::${accountId}:root` };
  const viaService = {
    "kms:CallerAccount": accountId,
    "kms:ViaService": services.map((service) => `${service}.${region}.amazonaws.com`),
  };
  return [
    {
      Sid: "UseThroughServices",
      Effect: "Allow",
      Principal,
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
      ],
      Resource: "*",
      Condition: { StringEquals: viaService },
    },
    {
      Sid: "GrantsForServices",
      Effect: "Allow",
      Principal,
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: { StringEquals: viaService, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}
