import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Environment } from "./environment";
import { denyOtherAccounts, denyPlainText, policyDocument } from "./iam";
import { phiTags, resourceName } from "./naming";

export interface SecretsArgs {
  environment: Environment;
  /** Key for the secrets. */
  secretsKeyArn: pulumi.Input<string>;
}

type SecretType = "redis-auth" | "records-database";

/** What ElastiCache accepts in a token beside letters and digits (ElastiCache user guide, "Authenticating with the Redis AUTH command"). */
const tokenSpecials = "!&#$^<>-";

/**
 * The secrets that the platform generates itself; RDS generates the database master's. Names are free again at once after a destroy
 * (45 CFR 164.312(d), FSBP SecretsManager.1).
 */
export class Secrets extends pulumi.ComponentResource {
  /** The secret's whole text is the AUTH token. */
  readonly redisAuthSecretArn: pulumi.Output<string>;
  /** The token that Redis starts with. Rotation replaces it; whoever connects reads the secret instead. */
  readonly initialRedisAuthToken: pulumi.Output<string>;
  /** Exists once the secret has its first value and its policy. */
  readonly redisAuthSecretReady: pulumi.Resource[];
  /** `{"username", "password"}` of the records service in PostgreSQL; without a value until the schema's migration gives it the first. */
  readonly recordsDatabaseSecretArn: pulumi.Output<string>;
  /** Exists once the secret has its policy, and may have a value. */
  readonly recordsDatabaseSecretReady: pulumi.Resource[];

  constructor(
    name: string,
    private readonly args: SecretsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:security:Secrets", name, {}, opts);

    const redisAuth = this.createSecret("redis-auth", "AUTH token of Redis; rotated by the redis-rotation function");
    const token = this.createRedisAuthToken();
    const recordsDatabase = this.createSecret(
      "records-database",
      "Login of the records service in PostgreSQL; rotated by the database-rotation function",
    );
    this.redisAuthSecretArn = redisAuth.arn;
    this.initialRedisAuthToken = token.result;
    this.redisAuthSecretReady = [
      this.createSecretPolicy("redis-auth", redisAuth),
      this.createFirstVersion(redisAuth, token),
    ];
    this.recordsDatabaseSecretArn = recordsDatabase.arn;
    this.recordsDatabaseSecretReady = [this.createSecretPolicy("records-database", recordsDatabase)];

    this.registerOutputs({
      redisAuthSecretArn: this.redisAuthSecretArn,
      recordsDatabaseSecretArn: this.recordsDatabaseSecretArn,
    });
  }

  private createSecret(type: SecretType, description: string) {
    return new aws.secretsmanager.Secret(
      type,
      {
        name: resourceName(type, this.args.environment.environmentSuffix),
        description,
        kmsKeyId: this.args.secretsKeyArn,
        recoveryWindowInDays: 0,
        tags: phiTags,
      },
      { parent: this },
    );
  }

  private createSecretPolicy(type: SecretType, secret: aws.secretsmanager.Secret) {
    return new aws.secretsmanager.SecretPolicy(
      type,
      { secretArn: secret.arn, policy: secretPolicy(this.args.environment.accountId), blockPublicPolicy: true },
      { parent: this },
    );
  }

  private createRedisAuthToken() {
    return new random.RandomPassword(
      "redis-auth-token",
      { length: 64, special: true, overrideSpecial: tokenSpecials },
      { parent: this },
    );
  }

  private createFirstVersion(secret: aws.secretsmanager.Secret, token: random.RandomPassword) {
    return new aws.secretsmanager.SecretVersion(
      "redis-auth",
      // A label of its own keeps this version from being purged once rotation has taken the others away;
      // were it gone, `up` would make it again and put the first token back.
      { secretId: secret.id, secretString: token.result, versionStages: ["AWSCURRENT", "initial"] },
      {
        parent: this,
        // Rotation owns the value and moves the labels from here on.
        ignoreChanges: ["secretString", "versionStages"],
        // Versions go with their secret; taking labels off one by one would fail for those that rotation has moved.
        retainOnDelete: true,
      },
    );
  }
}

/** Refuses plain-text transport and every principal outside the account (Secrets Manager user guide, "Resource-based policies"). */
export function secretPolicy(accountId: string): string {
  return policyDocument([
    denyPlainText("DenyWithoutTls", "secretsmanager:*", "*"),
    denyOtherAccounts(accountId, "secretsmanager:*", "*"),
  ]);
}
