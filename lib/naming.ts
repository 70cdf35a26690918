import type { Environment } from "./environment";

/**
 * Longest name AWS accepts for each kind of resource that this program names, in characters
 * (each service's user guide, "Quotas" or "Naming constraints").
 */
export const nameLimits = {
  "CloudWatch alarm": 255,
  "CloudWatch dashboard": 255,
  "CloudWatch log group": 512,
  "CloudWatch Logs query": 255,
  "CloudTrail trail": 128,
  "Cognito user pool": 128,
  // 63, less a hyphen and the account's twelve digits, which make it unique over all accounts.
  "Cognito domain prefix": 50,
  "EC2 Name tag": 256,
  "EC2 security group": 255,
  "ECS resource": 255,
  "ElastiCache parameter group": 255,
  "ElastiCache replication group": 40,
  "ElastiCache subnet group": 255,
  "EventBridge rule": 64,
  "IAM role or policy": 64,
  "KMS alias": 250,
  "Lambda function": 64,
  "API Gateway resource": 128,
  "API Gateway stage": 128,
  "RDS instance": 63,
  "RDS group": 255,
  // 63, less a hyphen and the account's twelve digits, which make it unique over all accounts.
  "S3 bucket": 50,
  "Secrets Manager secret": 512,
  "SNS topic": 256,
  "WAF resource": 128,
} as const;

type NameKind = keyof typeof nameLimits;

/** Every resource type that begins a physical name, and what AWS makes of it. A name that is not listed here does not compile. */
export const resourceTypes = {
  vpc: "EC2 Name tag",
  igw: "EC2 Name tag",
  "nat-1": "EC2 Name tag",
  "nat-2": "EC2 Name tag",
  "nat-3": "EC2 Name tag",
  "subnet-public-1": "EC2 Name tag",
  "subnet-public-2": "EC2 Name tag",
  "subnet-public-3": "EC2 Name tag",
  "subnet-private-1": "EC2 Name tag",
  "subnet-private-2": "EC2 Name tag",
  "subnet-private-3": "EC2 Name tag",
  "subnet-data-1": "EC2 Name tag",
  "subnet-data-2": "EC2 Name tag",
  "subnet-data-3": "EC2 Name tag",
  "rt-public": "EC2 Name tag",
  "rt-private-1": "EC2 Name tag",
  "rt-private-2": "EC2 Name tag",
  "rt-private-3": "EC2 Name tag",
  "rt-data": "EC2 Name tag",
  "vpce-s3": "EC2 Name tag",
  "vpce-secretsmanager": "EC2 Name tag",
  "vpce-elasticache": "EC2 Name tag",
  "vpce-kms": "EC2 Name tag",
  "vpce-logs": "EC2 Name tag",
  "vpce-xray": "EC2 Name tag",
  "vpce-ecr-api": "EC2 Name tag",
  "vpce-ecr-dkr": "EC2 Name tag",
  "vpc-default": "EC2 Name tag",
  endpoints: "EC2 security group",
  redis: "ElastiCache replication group",
  "redis-subnets": "ElastiCache subnet group",
  "redis-parameters": "ElastiCache parameter group",
  "redis-rotation": "Lambda function",
  "rds-postgres": "RDS instance",
  "rds-subnets": "RDS group",
  "rds-parameters-15": "RDS group",
  "rds-parameters-16": "RDS group",
  "rds-parameters-17": "RDS group",
  "rds-parameters-18": "RDS group",
  "rds-monitoring": "IAM role or policy",
  "redis-auth": "Secrets Manager secret",
  "records-database": "Secrets Manager secret",
  "schema-migration": "Lambda function",
  "database-rotation": "Lambda function",
  "records-service": "Lambda function",
  "records-operations": "Lambda function",
  "audit-delivery": "EventBridge rule",
  "audit-verification": "EventBridge rule",
  "analytics-events": "EventBridge rule",
  "records-api": "API Gateway resource",
  "records-users": "Cognito user pool",
  "records-app": "Cognito user pool",
  "records-sign-in": "Cognito domain prefix",
  "records-waf": "WAF resource",
  ecs: "ECS resource",
  analytics: "ECS resource",
  "ecs-execution": "IAM role or policy",
  "ecs-task": "IAM role or policy",
  "vpc-flow-logs": "IAM role or policy",
  "kms-database": "KMS alias",
  "kms-cache": "KMS alias",
  "kms-secrets": "KMS alias",
  "kms-logs": "KMS alias",
  "kms-alerts": "KMS alias",
  "kms-trail": "KMS alias",
  trail: "CloudTrail trail",
  "audit-trail": "S3 bucket",
  "trail-delivery": "IAM role or policy",
  cloudtrail: "CloudWatch log group",
  alerts: "SNS topic",
  records: "CloudWatch dashboard",
  "audit-queries": "CloudWatch Logs query",
  "api-server-errors": "CloudWatch alarm",
  "api-latency": "CloudWatch alarm",
  "records-service-errors": "CloudWatch alarm",
  "records-service-throttles": "CloudWatch alarm",
  "records-service-duration": "CloudWatch alarm",
  "records-operations-errors": "CloudWatch alarm",
  "records-operations-throttles": "CloudWatch alarm",
  "records-operations-duration": "CloudWatch alarm",
  "schema-migration-errors": "CloudWatch alarm",
  "schema-migration-throttles": "CloudWatch alarm",
  "schema-migration-duration": "CloudWatch alarm",
  "database-rotation-errors": "CloudWatch alarm",
  "database-rotation-throttles": "CloudWatch alarm",
  "database-rotation-duration": "CloudWatch alarm",
  "redis-rotation-errors": "CloudWatch alarm",
  "redis-rotation-throttles": "CloudWatch alarm",
  "redis-rotation-duration": "CloudWatch alarm",
  "records-service-concurrency": "CloudWatch alarm",
  "access-refusals": "CloudWatch alarm",
  "unauthorized-calls": "CloudWatch alarm",
  "firewall-blocks": "CloudWatch alarm",
  "audit-log-failures": "CloudWatch alarm",
  "audit-delivery-stopped": "CloudWatch alarm",
  "audit-delivery-behind": "CloudWatch alarm",
  "audit-trail-broken": "CloudWatch alarm",
  "audit-verification-stopped": "CloudWatch alarm",
  "database-silent": "CloudWatch alarm",
  "database-cpu": "CloudWatch alarm",
  "database-memory": "CloudWatch alarm",
  "database-storage": "CloudWatch alarm",
  "database-connections": "CloudWatch alarm",
  "redis-silent": "CloudWatch alarm",
  "redis-cpu": "CloudWatch alarm",
  "redis-memory": "CloudWatch alarm",
  "redis-evictions": "CloudWatch alarm",
  "redis-connections": "CloudWatch alarm",
  "redis-replication-lag": "CloudWatch alarm",
  "redis-failover": "CloudWatch alarm",
  "nat-ports": "CloudWatch alarm",
  "analytics-tasks": "CloudWatch alarm",
  "analytics-failures": "CloudWatch alarm",
  "page-infrastructure": "CloudWatch alarm",
  "page-capacity": "CloudWatch alarm",
  "page-api": "CloudWatch alarm",
  "page-audit": "CloudWatch alarm",
  "page-integrity": "CloudWatch alarm",
  "page-security": "CloudWatch alarm",
  "page-credentials": "CloudWatch alarm",
  "page-analytics": "CloudWatch alarm",
  audit: "CloudWatch log group",
  "api-access": "CloudWatch log group",
  "redis-slow-log": "CloudWatch log group",
  "redis-engine-log": "CloudWatch log group",
  "ecs-analytics": "CloudWatch log group",
  "aws-waf-logs": "CloudWatch log group",
} as const satisfies Record<string, NameKind>;

export type ResourceType = keyof typeof resourceTypes;

/** The functions: each gives its name to its role, its security group and its log group, too. */
export const functionTypes = [
  "records-service",
  "records-operations",
  "schema-migration",
  "database-rotation",
  "redis-rotation",
] as const satisfies ResourceType[];

export type FunctionType = (typeof functionTypes)[number];

/** Characters a suffix may have: RDS, ElastiCache and Cognito then accept every name made with it. */
export const maximumSuffixLength = 20;

/** `<resource-type>-<environmentSuffix>`: the physical name of a resource. */
export function resourceName(type: ResourceType, environmentSuffix: string): string {
  return `${type}-${environmentSuffix}`;
}

/** Name of what is named uniquely over all accounts, as buckets and domains of sign-in pages are. */
export function globalName(
  type: ResourceType,
  { accountId, environmentSuffix }: Pick<Environment, "accountId" | "environmentSuffix">,
): string {
  return `${resourceName(type, environmentSuffix)}-${accountId}`;
}

/** What the account's bootstrap has in the tag that tells environments apart: an environment of that name would take it along where it is swept. */
const bootstrapSuffix = "bootstrap";

/** What is wrong with a suffix, or undefined. */
export function validateSuffix(suffix: string): string | undefined {
  if (suffix.length < 1 || suffix.length > maximumSuffixLength) {
    return `must have 1 to ${maximumSuffixLength} characters; it has ${suffix.length}`;
  }
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(suffix)) {
    return "must begin with a letter, end with a letter or digit, and hold only lower-case letters, digits and hyphens";
  }
  if (suffix.includes("--")) {
    return "must not hold two hyphens in a row (RDS and ElastiCache refuse such identifiers)";
  }
  const reserved = ["aws", "amazon", "cognito"].find((word) => suffix.includes(word));
  if (reserved) {
    return `must not contain "${reserved}" (Cognito refuses it in the domain of the sign-in pages)`;
  }
  if (suffix === bootstrapSuffix) {
    return `must not be "${bootstrapSuffix}" (the account's state backend and deploy roles have it in their tags)`;
  }
  const tooLong = (Object.keys(resourceTypes) as ResourceType[]).find(
    (type) => resourceName(type, suffix).length > nameLimits[resourceTypes[type]],
  );
  if (tooLong) {
    return `makes "${resourceName(tooLong, suffix)}" longer than the ${nameLimits[resourceTypes[tooLong]]} characters AWS allows (${resourceTypes[tooLong]})`;
  }
  return undefined;
}

/** Log groups whose names AWS services dictate. Each is made before its service, which would otherwise make it unencrypted. */
export const serviceLogGroups = {
  lambda: (functionName: string) => `/aws/lambda/${functionName}`,
  rds: (instanceIdentifier: string, log: "postgresql" | "upgrade") => `/aws/rds/instance/${instanceIdentifier}/${log}`,
  apiExecution: (apiId: string, stageName: string) => `API-Gateway-Execution-Logs_${apiId}/${stageName}`,
  containerInsights: (clusterName: string) => `/aws/ecs/containerinsights/${clusterName}/performance`,
};

/** Tags that every taggable resource carries. The user's own tags cannot replace ours. */
export function environmentTags(environmentSuffix: string, userTags: Record<string, string>): Record<string, string> {
  return { ...userTags, Environment: environmentSuffix, Project: "tap", ManagedBy: "pulumi" };
}

/** Marks what stores patients' data (45 CFR 164.310(d): know where it is). */
export const phiTags = { DataClassification: "phi" };

/** Tags that the program writes itself. IAM takes no second one that differs in case only (IAM user guide, "Tags for IAM resources"). */
export const ownTagNames = [...Object.keys(environmentTags("", {})), ...Object.keys(phiTags), "Name"];
