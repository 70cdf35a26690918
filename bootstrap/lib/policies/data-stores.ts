import { regionalArn } from "../../../lib/environment";
import { type Statement } from "../../../lib/iam";
import { resourceName } from "../../../lib/naming";
import { namedArns, namesOf, type Scope } from "./scope";

/** PostgreSQL (RDS user guide, "Policy best practices"; its default option groups belong to AWS). */
export function databaseStatements(scope: Scope): Statement[] {
  const instance = namedArns(scope, "rds", "db:", "RDS instance");
  const groups = namesOf(scope, "RDS group").map((name) =>
    regionalArn(scope, "rds", `${name.startsWith("rds-subnets") ? "subgrp" : "pg"}:${name}`),
  );
  return [
    {
      Sid: "Database",
      Effect: "Allow",
      Action: [
        "rds:AddTagsToResource",
        "rds:CreateDBInstance",
        "rds:CreateDBParameterGroup",
        "rds:CreateDBSubnetGroup",
        "rds:DeleteDBInstance",
        "rds:DeleteDBParameterGroup",
        "rds:DeleteDBSubnetGroup",
        "rds:DescribeDBParameterGroups",
        "rds:DescribeDBParameters",
        "rds:DescribeDBSubnetGroups",
        "rds:ListTagsForResource",
        "rds:ModifyDBInstance",
        "rds:ModifyDBParameterGroup",
        "rds:ModifyDBSubnetGroup",
        "rds:RebootDBInstance",
        "rds:RemoveTagsFromResource",
        "rds:ResetDBParameterGroup",
      ],
      Resource: [...instance, ...groups],
    },
    {
      Sid: "DatabaseDefaults",
      Effect: "Allow",
      Action: ["rds:CreateDBInstance", "rds:ModifyDBInstance"],
      Resource: regionalArn(scope, "rds", "og:default:postgres-*"),
    },
    {
      Sid: "FindDatabase",
      Effect: "Allow",
      // It is looked up by the identifier that AWS chose.
      Action: "rds:DescribeDBInstances",
      Resource: regionalArn(scope, "rds", "db:*"),
    },
    {
      Sid: "MasterPasswordByRds",
      Effect: "Allow",
      // RDS makes it in the caller's name (RDS user guide, "Permissions required for Secrets Manager integration").
      Action: ["secretsmanager:CreateSecret", "secretsmanager:TagResource"],
      Resource: regionalArn(scope, "secretsmanager", "secret:rds!db-*"),
    },
  ];
}

/** Redis (ElastiCache user guide, "Resource-level permissions"). */
export function cacheStatements(scope: Scope): Statement[] {
  const redis = resourceName("redis", scope.environmentSuffix);
  return [
    {
      Sid: "Cache",
      Effect: "Allow",
      Action: [
        "elasticache:AddTagsToResource",
        "elasticache:CreateCacheParameterGroup",
        "elasticache:CreateCacheSubnetGroup",
        "elasticache:CreateReplicationGroup",
        "elasticache:DecreaseReplicaCount",
        "elasticache:DeleteCacheParameterGroup",
        "elasticache:DeleteCacheSubnetGroup",
        "elasticache:DeleteReplicationGroup",
        "elasticache:DescribeCacheParameterGroups",
        "elasticache:DescribeCacheParameters",
        "elasticache:DescribeCacheSubnetGroups",
        "elasticache:DescribeReplicationGroups",
        "elasticache:IncreaseReplicaCount",
        "elasticache:ListTagsForResource",
        "elasticache:ModifyCacheParameterGroup",
        "elasticache:ModifyCacheSubnetGroup",
        "elasticache:ModifyReplicationGroup",
        "elasticache:RemoveTagsFromResource",
        "elasticache:ResetCacheParameterGroup",
      ],
      Resource: [
        ...namedArns(scope, "elasticache", "replicationgroup:", "ElastiCache replication group"),
        ...namedArns(scope, "elasticache", "subnetgroup:", "ElastiCache subnet group"),
        ...namedArns(scope, "elasticache", "parametergroup:", "ElastiCache parameter group"),
        // Its nodes: the group's name with a number.
        regionalArn(scope, "elasticache", `cluster:${redis}-*`),
      ],
    },
    {
      Sid: "FindNodes",
      Effect: "Allow",
      // All are looked through when nodes come or go.
      Action: "elasticache:DescribeCacheClusters",
      Resource: regionalArn(scope, "elasticache", "cluster:*"),
    },
  ];
}

/** Secrets Manager ends a secret's ARN with a hyphen and six characters. */
const arnEnd = "-??????";

/** The secrets that the program makes. A deployment reads the first token of Redis only, which it has made itself. */
export function secretStatements(scope: Scope): Statement[] {
  const secrets = namedArns(scope, "secretsmanager", "secret:", "Secrets Manager secret", arnEnd);
  const redisAuth = regionalArn(
    scope,
    "secretsmanager",
    `secret:${resourceName("redis-auth", scope.environmentSuffix)}${arnEnd}`,
  );
  return [
    {
      Sid: "Secrets",
      Effect: "Allow",
      Action: [
        "secretsmanager:CancelRotateSecret",
        "secretsmanager:CreateSecret",
        "secretsmanager:DeleteResourcePolicy",
        "secretsmanager:DeleteSecret",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:RotateSecret",
        "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
        "secretsmanager:UpdateSecret",
      ],
      Resource: secrets,
    },
    {
      Sid: "FirstToken",
      Effect: "Allow",
      Action: [
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: redisAuth,
    },
  ];
}
