import { encryptedLogGroupArns, Kms } from "../../lib/kms";
import { dataLoss, environment, statements } from "./fixtures";
import { counts, only, record, type Recorded } from "./recorder";

const root = { AWS: "arn:aws:iam::123456789012:root" };

const administration = {
  Sid: "Administration",
  Effect: "Allow",
  Principal: root,
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

const use = (...services: string[]) => {
  const through = { "kms:CallerAccount": "123456789012", "kms:ViaService": services };
  return [
    {
      Sid: "UseThroughServices",
      Effect: "Allow",
      Principal: root,
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
      ],
      Resource: "*",
      Condition: { StringEquals: through },
    },
    {
      Sid: "GrantsForServices",
      Effect: "Allow",
      Principal: root,
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: { StringEquals: through, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
};

const logGroup = (name: string) => `arn:aws:logs:eu-west-1:123456789012:log-group:${name}`;

describe("Kms", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await record(() => new Kms("kms", environment, dataLoss));
  });

  it("makes five keys, each with an alias", () => {
    expect(counts(recorded)).toEqual({ "aws:kms/key:Key": 5, "aws:kms/alias:Alias": 5 });
  });

  it.each([
    ["database", "Storage, backups and Performance Insights of the database (kms-database-pr-7)", "phi"],
    ["cache", "Redis at rest and its snapshots (kms-cache-pr-7)", "phi"],
    ["secrets", "Secrets in Secrets Manager (kms-secrets-pr-7)", "phi"],
    ["logs", "Log groups (kms-logs-pr-7)", undefined],
    ["alerts", "Alarms on their way to those who are paged (kms-alerts-pr-7)", undefined],
  ])("rotates the %s key every year and deletes it after seven days", (domain, description, classification) => {
    const { policy, ...inputs } = only(recorded, "aws:kms/key:Key", domain).inputs;
    expect(typeof policy).toBe("string");
    expect(inputs).toEqual({
      description,
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
      deletionWindowInDays: 7,
      tags: { Name: `kms-${domain}-pr-7`, ...(classification && { DataClassification: classification }) },
    });
    expect(only(recorded, "aws:kms/alias:Alias", domain).inputs).toEqual({
      name: `alias/kms-${domain}-pr-7`,
      targetKeyId: `Key-${domain}`,
    });
  });

  it.each([
    ["database", use("rds.eu-west-1.amazonaws.com")],
    ["cache", use("elasticache.eu-west-1.amazonaws.com", "dax.eu-west-1.amazonaws.com")],
    ["secrets", use("secretsmanager.eu-west-1.amazonaws.com", "rds.eu-west-1.amazonaws.com")],
  ])("lets the %s key be used through its services only, and managed without being used", (domain, allowed) => {
    const { policy } = only(recorded, "aws:kms/key:Key", domain).inputs;
    expect(statements(policy)).toEqual([administration, ...allowed]);
  });

  it("lets this region's log service use the logs key for this environment's log groups only", () => {
    const { policy } = only(recorded, "aws:kms/key:Key", "logs").inputs;
    expect(statements(policy)).toEqual([
      administration,
      {
        Sid: "EncryptLogGroups",
        Effect: "Allow",
        Principal: { Service: "logs.eu-west-1.amazonaws.com" },
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
  });

  it("lets CloudWatch use the alerts key for alarms of this account, and others through SNS only", () => {
    const { policy } = only(recorded, "aws:kms/key:Key", "alerts").inputs;
    expect(statements(policy)).toEqual([
      administration,
      {
        Sid: "PublishAlarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
      ...use("sns.eu-west-1.amazonaws.com"),
    ]);
  });

  it("knows the log groups of an environment by name", () => {
    expect(encryptedLogGroupArns(environment)).toEqual(
      [
        "vpc-flow-logs-pr-7",
        "audit-pr-7",
        "api-access-pr-7",
        "redis-slow-log-pr-7",
        "redis-engine-log-pr-7",
        "ecs-analytics-pr-7",
        "aws-waf-logs-pr-7",
        "cloudtrail-pr-7",
        "/aws/lambda/records-service-pr-7",
        "/aws/lambda/records-operations-pr-7",
        "/aws/lambda/schema-migration-pr-7",
        "/aws/lambda/database-rotation-pr-7",
        "/aws/lambda/redis-rotation-pr-7",
        "/aws/rds/instance/rds-postgres-pr-7/postgresql",
        "/aws/rds/instance/rds-postgres-pr-7/upgrade",
        "API-Gateway-Execution-Logs_*/pr-7",
        "/aws/ecs/containerinsights/ecs-pr-7/performance",
      ].map(logGroup),
    );
  });

  it("names the partition of the account", async () => {
    const china = await record(
      () => new Kms("kms", { ...environment, region: "cn-north-1", partition: "aws-cn" }, dataLoss),
    );
    const [administrators, service] = statements(only(china, "aws:kms/key:Key", "logs").inputs.policy);
    expect(administrators?.Principal).toEqual({ AWS: "arn:aws-cn:iam::123456789012:root" });
    expect(service?.Principal).toEqual({ Service: "logs.cn-north-1.amazonaws.com" });
  });

  it("tells the keys' ARNs by what they protect", () => {
    expect(only(recorded, "tap:security:Kms").outputs).toEqual({
      keyArns: {
        database: "arn:Key-database",
        cache: "arn:Key-cache",
        secrets: "arn:Key-secrets",
        logs: "arn:Key-logs",
        alerts: "arn:Key-alerts",
      },
    });
  });
});
