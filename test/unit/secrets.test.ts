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

  it("makes one secret with its policy, its first version and the token in it", () => {
    expect(counts(recorded)).toEqual({
      "aws:secretsmanager/secret:Secret": 1,
      "aws:secretsmanager/secretPolicy:SecretPolicy": 1,
      "aws:secretsmanager/secretVersion:SecretVersion": 1,
      "random:index/randomPassword:RandomPassword": 1,
    });
  });

  it("encrypts the secret with our key and frees its name at once", () => {
    expect(only(recorded, "aws:secretsmanager/secret:Secret").inputs).toEqual({
      name: "redis-auth-pr-7",
      description: "AUTH token of Redis; rotated by the redis-rotation function",
      kmsKeyId: "arn:secrets-key",
      recoveryWindowInDays: 0,
      tags: { DataClassification: "phi" },
    });
  });

  it("refuses plain-text transport and other accounts", () => {
    const { policy, ...inputs } = only(recorded, "aws:secretsmanager/secretPolicy:SecretPolicy").inputs;
    expect(inputs).toEqual({ secretArn: "arn:Secret-redis-auth", blockPublicPolicy: true });
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
    expect(only(recorded, "aws:secretsmanager/secret:Secret").retainOnDelete).toBe(false);
  });

  it("hands the token on as a secret only, and tells the ARN", async () => {
    expect(await pulumi.isSecret(secrets.initialRedisAuthToken)).toBe(true);
    const component = only(recorded, "tap:security:Secrets");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({ redisAuthSecretArn: "arn:Secret-redis-auth" });
  });

  it("is ready when the secret has its first value and its policy", () => {
    expect(secrets.redisAuthSecretReady.map((resource) => resource.constructor.name)).toEqual([
      "SecretPolicy",
      "SecretVersion",
    ]);
  });
});
