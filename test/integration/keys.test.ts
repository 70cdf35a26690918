import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  paginateListAliases,
} from "@aws-sdk/client-kms";
import { functionTypes } from "../../lib/naming";
import {
  accountId,
  aws,
  canonical,
  collect,
  listOf,
  nameOf,
  outputs,
  parsePolicy,
  partition,
  type PolicyStatement,
  region,
} from "./stack";

const domains = ["database", "cache", "secrets", "logs", "alerts"] as const;
type Domain = (typeof domains)[number];

const root = `arn:${partition}:iam::${accountId}:root`;

async function policyOf(domain: Domain): Promise<PolicyStatement[]> {
  const { Policy } = await aws.kms.send(
    new GetKeyPolicyCommand({ KeyId: outputs.kmsKeyArns[domain], PolicyName: "default" }),
  );
  return parsePolicy(Policy).Statement;
}

test("are five different ones", () => {
  expect(new Set(domains.map((domain) => outputs.kmsKeyArns[domain])).size).toBe(5);
});

describe.each(domains)("of the %s domain", (domain) => {
  const keyArn = outputs.kmsKeyArns[domain];

  test("is a key of this account, symmetric, in one region, in use", async () => {
    const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
    expect(KeyMetadata).toMatchObject({
      Arn: keyArn,
      AWSAccountId: accountId,
      Enabled: true,
      KeyState: "Enabled",
      KeyManager: "CUSTOMER",
      KeyUsage: "ENCRYPT_DECRYPT",
      KeySpec: "SYMMETRIC_DEFAULT",
      Origin: "AWS_KMS",
      MultiRegion: false,
    });
    expect(KeyMetadata).not.toHaveProperty("DeletionDate", expect.anything());
  });

  test("rotates every year", async () => {
    const rotation = await aws.kms.send(new GetKeyRotationStatusCommand({ KeyId: keyArn }));
    expect(rotation).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
  });

  test("has its alias and no other", async () => {
    const keyId = keyArn.split("/")[1];
    const aliases = await collect(paginateListAliases({ client: aws.kms }, {}), (page) => page.Aliases);
    expect(aliases.filter(({ TargetKeyId }) => TargetKeyId === keyId).map(({ AliasName }) => AliasName)).toEqual([
      `alias/${nameOf(`kms-${domain}`)}`,
    ]);
  });

  test("admits nobody by wildcard, and lets nobody use it who only manages it", async () => {
    const [administration, ...others] = await policyOf(domain);
    expect(others.length).toBe({ database: 2, cache: 2, secrets: 2, logs: 1, alerts: 3 }[domain]);
    const all = [administration, ...others].map((statement) => JSON.stringify(statement?.Principal));
    expect(all.filter((principal) => principal.includes("*"))).toEqual([]);
    expect(administration).toMatchObject({ Effect: "Allow", Principal: { AWS: root }, Resource: "*" });
    const actions = listOf(administration?.Action);
    expect(actions).toEqual(expect.arrayContaining(["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey"]));
    expect(actions.filter((action) => /\*|Encrypt|Decrypt|GenerateDataKey|CreateGrant|Sign|Mac/.test(action))).toEqual(
      [],
    );
  });
});

const use = [
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
];

test.each([
  ["database", ["rds"]],
  ["cache", ["elasticache", "dax"]],
  ["secrets", ["secretsmanager", "rds"]],
] as const)("of the %s domain can be used through %s only", async (domain, services) => {
  const [, ...statements] = await policyOf(domain);
  const hosts = services.map((service) => `${service}.${region}.amazonaws.com`);
  const through = { StringEquals: { "kms:CallerAccount": accountId, "kms:ViaService": hosts } };
  expect(canonical(statements)).toEqual(
    canonical([
      {
        Sid: "UseThroughServices",
        Effect: "Allow",
        Principal: { AWS: root },
        Action: use,
        Resource: "*",
        Condition: through,
      },
      {
        Sid: "GrantsForServices",
        Effect: "Allow",
        Principal: { AWS: root },
        Action: "kms:CreateGrant",
        Resource: "*",
        Condition: { ...through, Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
    ]),
  );
});

test("of the logs domain can be used by this region's log service only, for this environment's groups", async () => {
  const [, ...statements] = await policyOf("logs");
  const logGroup = (name: string) => `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`;
  expect(canonical(statements)).toEqual(
    canonical([
      {
        Sid: "EncryptLogGroups",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: [...use, "kms:DescribeKey"],
        Resource: "*",
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": [
              nameOf("vpc-flow-logs"),
              nameOf("audit"),
              nameOf("api-access"),
              nameOf("redis-slow-log"),
              nameOf("redis-engine-log"),
              nameOf("ecs-analytics"),
              nameOf("aws-waf-logs"),
              nameOf("cloudtrail"),
              ...functionTypes.map((type) => `/aws/lambda/${nameOf(type)}`),
              `/aws/rds/instance/${nameOf("rds-postgres")}/postgresql`,
              `/aws/rds/instance/${nameOf("rds-postgres")}/upgrade`,
              `API-Gateway-Execution-Logs_*/${outputs.environmentSuffix}`,
              `/aws/ecs/containerinsights/${outputs.ecsClusterName}/performance`,
            ].map(logGroup),
          },
        },
      },
    ]),
  );
});
