import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetResourcePolicyCommand,
  paginateListSecrets,
} from "@aws-sdk/client-secrets-manager";
import { isAuthToken } from "../../service/redis-rotation/auth-token";
import { parseDatabaseCredentials } from "../../service/postgres";
import { serviceUsers } from "../../service/service-user";
import { testBeyond } from "./local-limits";
import { secretsIn, secretString, secretValues } from "./secret-values";
import { accountId, arnOf, aws, canonical, collect, nameOf, outputs, parsePolicy } from "./stack";

const { redisAuthSecretArn, databaseSecretArn } = outputs;

const describeSecret = (SecretId: string) => aws.secretsManager.send(new DescribeSecretCommand({ SecretId }));

let redisAuth: DescribeSecretCommandOutput;
let recordsDatabase: DescribeSecretCommandOutput;
let database: DescribeSecretCommandOutput;

beforeAll(async () => {
  [redisAuth, recordsDatabase, database] = await Promise.all([
    describeSecret(redisAuthSecretArn),
    describeSecret(nameOf("records-database")),
    describeSecret(databaseSecretArn),
  ]);
});

test("of the environment are the token of Redis, and the service's and the master's login to the database", async () => {
  const all = await collect(
    paginateListSecrets({ client: aws.secretsManager }, { IncludePlannedDeletion: true }),
    (page) => page.SecretList,
  );
  const ours = all.filter(
    ({ ARN, Name, Tags }) =>
      ARN === databaseSecretArn ||
      Name === nameOf("redis-auth") ||
      Name === nameOf("records-database") ||
      Tags?.some(({ Key, Value }) => Key === "Environment" && Value === outputs.environmentSuffix),
  );
  const expected = [redisAuthSecretArn, recordsDatabase.ARN, databaseSecretArn];
  expect(ours.map(({ ARN }) => ARN).sort()).toEqual(expected.sort());
  expect(redisAuth.Name).toBe(nameOf("redis-auth"));
  expect(database.Name).toMatch(/^rds!db-/);
});

test("are under the secrets' key, and none is to be deleted", () => {
  const all = [redisAuth, recordsDatabase, database];
  // Of RDS's secret AWS may tell the key by its id alone.
  const keyId = (arnOrId: string | undefined) => arnOrId?.split("/").at(-1);
  expect(all.map(({ KmsKeyId, DeletedDate }) => ({ keyId: keyId(KmsKeyId), DeletedDate }))).toEqual(
    all.map(() => ({ keyId: keyId(outputs.kmsKeyArns.secrets), DeletedDate: undefined })),
  );
});

describe("rotate", () => {
  test.each([
    ["token of Redis", () => redisAuth, "redis-rotation"],
    ["service's login to the database", () => recordsDatabase, "database-rotation"],
  ] as const)("the %s, by its function, at least every 90 days", (_, secret, type) => {
    const { RotationEnabled, RotationLambdaARN, RotationRules } = secret();
    expect(RotationEnabled).toBe(true);
    expect(RotationLambdaARN).toBe(arnOf("lambda", `function:${nameOf(type)}`));
    expect(RotationRules?.AutomaticallyAfterDays).toBeGreaterThanOrEqual(1);
    expect(RotationRules?.AutomaticallyAfterDays).toBeLessThanOrEqual(90);
  });

  test("the master's of the database, by RDS, every week", () => {
    expect(database).toMatchObject({
      OwningService: "rds",
      RotationEnabled: true,
      RotationRules: { AutomaticallyAfterDays: 7 },
    });
    expect(database.RotationLambdaARN).toBeUndefined();
  });
});

// The policy of the secret that RDS manages is RDS's own.
test.each(["redis-auth", "records-database"] as const)("refuse plain text and other accounts: %s", async (type) => {
  const { ResourcePolicy } = await aws.secretsManager.send(new GetResourcePolicyCommand({ SecretId: nameOf(type) }));
  expect(canonical(parsePolicy(ResourcePolicy).Statement)).toEqual(
    canonical([
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "secretsmanager:*",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "DenyOtherAccounts",
        Effect: "Deny",
        Principal: "*",
        Action: "secretsmanager:*",
        Resource: "*",
        Condition: {
          StringNotEquals: { "aws:PrincipalAccount": accountId },
          Bool: { "aws:PrincipalIsAWSService": "false" },
        },
      },
    ]),
  );
});

describe("hold", () => {
  test("a token that ElastiCache takes", async () => {
    const { redisTokens } = await secretValues();
    expect(redisTokens.length).toBeGreaterThanOrEqual(1);
    expect(redisTokens.map(isAuthToken)).toEqual(redisTokens.map(() => true));
  });

  testBeyond("functions at work", "what signs the service in, as one of its two users", async () => {
    const login = parseDatabaseCredentials(await secretString({ SecretId: nameOf("records-database") }));
    expect(serviceUsers).toContain(login.username);
    expect(/^[A-Za-z0-9]{40}$/.test(login.password)).toBe(true);
  });

  test("what signs the master in", async () => {
    const { databaseUsername, databasePassword } = await secretValues();
    expect(databaseUsername).toBe("records_master");
    expect(/^[ -~]{20,128}$/.test(databasePassword)).toBe(true);
  });
});

test("are in no output", async () => {
  const text = JSON.stringify(outputs);
  expect(text).toContain(redisAuthSecretArn);
  expect(secretsIn(text, await secretValues())).toEqual({ found: 0 });
});
