import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetResourcePolicyCommand,
  paginateListSecrets,
} from "@aws-sdk/client-secrets-manager";
import { isAuthToken } from "../../service/redis-rotation/auth-token";
import { secretsIn, secretValues } from "./secret-values";
import { accountId, arnOf, aws, collect, nameOf, outputs, parsePolicy } from "./stack";

const { redisAuthSecretArn, databaseSecretArn } = outputs;

const describeSecret = (SecretId: string) => aws.secretsManager.send(new DescribeSecretCommand({ SecretId }));

let redisAuth: DescribeSecretCommandOutput;
let database: DescribeSecretCommandOutput;

beforeAll(async () => {
  [redisAuth, database] = await Promise.all([describeSecret(redisAuthSecretArn), describeSecret(databaseSecretArn)]);
});

test("of the environment are the token of Redis and the master's of the database", async () => {
  const all = await collect(
    paginateListSecrets({ client: aws.secretsManager }, { IncludePlannedDeletion: true }),
    (page) => page.SecretList,
  );
  const ours = all.filter(
    ({ ARN, Name, Tags }) =>
      ARN === databaseSecretArn ||
      Name === nameOf("redis-auth") ||
      Tags?.some(({ Key, Value }) => Key === "Environment" && Value === outputs.environmentSuffix),
  );
  expect(ours.map(({ ARN }) => ARN).sort()).toEqual([redisAuthSecretArn, databaseSecretArn].sort());
  expect(redisAuth.Name).toBe(nameOf("redis-auth"));
  expect(database.Name).toMatch(/^rds!db-/);
});

test("are under the secrets' key, and none is to be deleted", () => {
  const { secrets } = outputs.kmsKeyArns;
  expect([redisAuth, database].map(({ KmsKeyId, DeletedDate }) => ({ KmsKeyId, DeletedDate }))).toEqual([
    { KmsKeyId: secrets, DeletedDate: undefined },
    { KmsKeyId: secrets, DeletedDate: undefined },
  ]);
});

describe("rotate", () => {
  test("the token of Redis, by its function, at least every 90 days", () => {
    expect(redisAuth).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: arnOf("lambda", `function:${nameOf("redis-rotation")}`),
    });
    expect(redisAuth.RotationRules?.AutomaticallyAfterDays).toBeGreaterThanOrEqual(1);
    expect(redisAuth.RotationRules?.AutomaticallyAfterDays).toBeLessThanOrEqual(90);
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
test("refuse plain text and other accounts", async () => {
  const { ResourcePolicy } = await aws.secretsManager.send(
    new GetResourcePolicyCommand({ SecretId: redisAuthSecretArn }),
  );
  expect(parsePolicy(ResourcePolicy).Statement).toEqual([
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
  ]);
});

describe("hold", () => {
  test("a token that ElastiCache takes", async () => {
    const { redisTokens } = await secretValues();
    expect(redisTokens.length).toBeGreaterThanOrEqual(1);
    expect(redisTokens.map(isAuthToken)).toEqual(redisTokens.map(() => true));
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
