import * as pulumi from "@pulumi/pulumi";
import { Secrets } from "../../lib/secrets";
import { environment, statements } from "./fixtures";
import { counts, only, record, type Recorded } from "./recorder";

describe("Secrets", () => {
  let recorded: Recorded[];
  let secrets: Secrets;
  beforeAll(async () => {
    recorded = await record(
      () => (secrets = new Secrets("secrets", { environment, secretsKeyArn: "arn:secrets-key" })),
    );
  });

  it("makes two secrets with their policies, and the first version of one with the token in it", () => {
    expect(counts(recorded)).toEqual({
      "aws:secretsmanager/secret:Secret": 2,
      "aws:secretsmanager/secretPolicy:SecretPolicy": 2,
      "aws:secretsmanager/secretVersion:SecretVersion": 1,
      "random:index/randomPassword:RandomPassword": 1,
    });
  });

  it.each([
    ["redis-auth", "AUTH token of Redis; rotated by the redis-rotation function"],
    ["records-database", "Login of the records service in PostgreSQL; rotated by the database-rotation function"],
  ])("encrypts %s with our key and frees its name at once", (name, description) => {
    expect(only(recorded, "aws:secretsmanager/secret:Secret", name).inputs).toEqual({
      name: `${name}-pr-7`,
      description,
      kmsKeyId: "arn:secrets-key",
      recoveryWindowInDays: 0,
      tags: { DataClassification: "phi" },
    });
  });

  it.each(["redis-auth", "records-database"])("refuses plain-text transport and other accounts for %s", (name) => {
    const { policy, ...inputs } = only(recorded, "aws:secretsmanager/secretPolicy:SecretPolicy", name).inputs;
    expect(inputs).toEqual({ secretArn: `arn:Secret-${name}`, blockPublicPolicy: true });
    expect(statements(policy)).toEqual([
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
          StringNotEquals: { "aws:PrincipalAccount": "123456789012" },
          Bool: { "aws:PrincipalIsAWSService": "false" },
        },
      },
    ]);
  });

  it("generates a token of 64 characters, all of which ElastiCache accepts", () => {
    expect(only(recorded, "random:index/randomPassword:RandomPassword").inputs).toEqual({
      length: 64,
      special: true,
      overrideSpecial: "!&#$^<>-",
    });
  });

  it("puts the token into the secret once, marked as secret, and leaves later values to rotation", () => {
    const version = only(recorded, "aws:secretsmanager/secretVersion:SecretVersion");
    expect(version.inputs).toEqual({
      secretId: "Secret-redis-auth",
      secretString: "generated redis-auth-token",
      versionStages: ["AWSCURRENT", "initial"],
    });
    expect(version.secretInputs).toEqual(["secretString"]);
    expect(version.ignoreChanges).toEqual(["secretString", "versionStages"]);
  });

  it("takes no label off a version that rotation has moved: versions go with their secret", () => {
    expect(only(recorded, "aws:secretsmanager/secretVersion:SecretVersion").retainOnDelete).toBe(true);
    expect(only(recorded, "aws:secretsmanager/secret:Secret", "redis-auth").retainOnDelete).toBe(false);
  });

  it("hands the token on as a secret only, and tells the ARNs", async () => {
    expect(await pulumi.isSecret(secrets.initialRedisAuthToken)).toBe(true);
    const component = only(recorded, "tap:security:Secrets");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({
      redisAuthSecretArn: "arn:Secret-redis-auth",
      recordsDatabaseSecretArn: "arn:Secret-records-database",
    });
  });

  it("has the token ready with its first value and its policy, the login with its policy alone", () => {
    const kinds = (resources: pulumi.Resource[]) => resources.map((resource) => resource.constructor.name);
    expect(kinds(secrets.redisAuthSecretReady)).toEqual(["SecretPolicy", "SecretVersion"]);
    expect(kinds(secrets.recordsDatabaseSecretReady)).toEqual(["SecretPolicy"]);
  });
});
