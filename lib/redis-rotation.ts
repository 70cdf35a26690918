import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "./bundle";
import { regionalArn, type Environment } from "./environment";
import { type LogGroupsArgs } from "./log-groups";
import { allowConnection } from "./security-groups";
import { createVpcFunction, type FunctionNetwork } from "./vpc-function";

export interface RedisRotationArgs {
  environment: Environment;
  network: FunctionNetwork;
  /** The replication group whose token is rotated. */
  redis: {
    replicationGroupId: pulumi.Input<string>;
    host: pulumi.Input<string>;
    port: number;
    securityGroupId: pulumi.Input<string>;
  };
  secretArn: pulumi.Input<string>;
  /** What must exist before the secret can be rotated. */
  secretReady: pulumi.Resource[];
  /** Key of the secret. */
  secretsKeyArn: pulumi.Input<string>;
  /** Days between rotations. */
  rotationDays: number;
  /** For the function's log. */
  logs: LogGroupsArgs;
}

/** Seconds. ElastiCache needs minutes to apply a token; the longest a function may run. */
const timeout = 900;

/**
 * Rotates the Redis AUTH token on a schedule: ElastiCache takes the new token beside the old one (`ROTATE`), and drops the old one (`SET`)
 * once the new one has been proven (45 CFR 164.312(d), FSBP SecretsManager.1 and .4). The database's secret is rotated by RDS.
 */
export class RedisRotation extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: RedisRotationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:cache:RedisRotation", name, {}, opts);

    const { function: rotation, securityGroupId } = this.createFunction();
    this.allowRedis(securityGroupId);
    this.createSchedule(rotation, this.allowSecretsManager(rotation));
    this.functionName = rotation.name;

    this.registerOutputs({ functionName: this.functionName });
  }

  private createFunction() {
    const { environment, network, redis, secretArn, secretsKeyArn, logs } = this.args;
    return createVpcFunction(this, "redis-rotation", {
      environment,
      network,
      type: "redis-rotation",
      description: "Rotation of the Redis AUTH token",
      code: bundle("service/redis-rotation/index.ts"),
      memorySize: 256,
      timeout,
      // Rotations of one secret never overlap; the function takes no share of the account's concurrency.
      reservedConcurrentExecutions: undefined,
      variables: {
        REPLICATION_GROUP_ID: redis.replicationGroupId,
        REDIS_HOST: redis.host,
        REDIS_PORT: String(redis.port),
      },
      statements: [
        {
          Sid: "RotateSecret",
          Effect: "Allow",
          Action: [
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
          ],
          Resource: secretArn,
        },
        {
          Sid: "GenerateToken",
          Effect: "Allow",
          // Concerns no secret (Service authorization reference, "AWS Secrets Manager").
          Action: "secretsmanager:GetRandomPassword",
          Resource: "*",
        },
        {
          Sid: "ChangeToken",
          Effect: "Allow",
          Action: ["elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup"],
          Resource: pulumi
            .output(redis.replicationGroupId)
            .apply((id) => regionalArn(environment, "elasticache", `replicationgroup:${id}`)),
        },
        {
          Sid: "UseSecretsKey",
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: secretsKeyArn,
          Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${environment.region}.amazonaws.com` } },
        },
      ],
      logs,
    });
  }

  private allowRedis(securityGroupId: pulumi.Input<string>) {
    const { redis } = this.args;
    allowConnection(this, {
      from: { name: "redis-rotation", securityGroupId },
      to: { name: "redis", securityGroupId: redis.securityGroupId },
      port: redis.port,
    });
  }

  private allowSecretsManager(rotation: aws.lambda.Function) {
    return new aws.lambda.Permission(
      "secrets-manager",
      {
        function: rotation.name,
        action: "lambda:InvokeFunction",
        principal: "secretsmanager.amazonaws.com",
        sourceAccount: this.args.environment.accountId,
      },
      { parent: this },
    );
  }

  private createSchedule(rotation: aws.lambda.Function, permission: aws.lambda.Permission) {
    const { secretArn, secretReady, rotationDays } = this.args;
    new aws.secretsmanager.SecretRotation(
      "redis-auth",
      {
        secretId: secretArn,
        rotationLambdaArn: rotation.arn,
        rotationRules: { automaticallyAfterDays: rotationDays },
        // At once would race with the clients that start during the same `up`.
        rotateImmediately: false,
      },
      { parent: this, dependsOn: [permission, ...secretReady] },
    );
  }
}
