import * as pulumi from "@pulumi/pulumi";
import { bundle } from "./bundle";
import { allowRedis } from "./data-stores";
import { regionalArn, type Environment } from "./environment";
import { type LogGroupsArgs } from "./log-groups";
import { rotateSecret } from "./secret-access";
import { createSecretRotation } from "./secret-rotation";
import { createVpcFunction, type FunctionNetwork, type VpcFunction } from "./vpc-function";

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
 * once the new one has been proven (45 CFR 164.312(d), FSBP SecretsManager.1 and .4).
 */
export class RedisRotation extends pulumi.ComponentResource {
  /** Seconds after which Lambda ends the function. */
  readonly timeout = timeout;
  readonly functionName: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: RedisRotationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:cache:RedisRotation", name, {}, opts);

    const rotation = this.createFunction();
    const rules = allowRedis(this, { name: "redis-rotation", ...rotation }, args.redis);
    this.createSchedule(rotation, rules);
    this.functionName = rotation.function.name;

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
      after: [],
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
        ...rotateSecret(environment, secretArn, secretsKeyArn),
        {
          Sid: "ChangeToken",
          Effect: "Allow",
          Action: ["elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup"],
          Resource: pulumi
            .output(redis.replicationGroupId)
            .apply((id) => regionalArn(environment, "elasticache", `replicationgroup:${id}`)),
        },
      ],
      logs,
    });
  }

  private createSchedule(rotation: VpcFunction, rules: pulumi.Resource[]) {
    const { environment, secretArn, secretReady, rotationDays } = this.args;
    createSecretRotation(this, "redis-auth", {
      environment,
      rotation,
      secretArn,
      after: [...rules, ...secretReady],
      rotationDays,
    });
  }
}
