import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "./bundle";
import { type Environment } from "./environment";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { resourceName } from "./naming";
import { allowConnection } from "./security-groups";
import { createVpcFunction, type FunctionNetwork, type VpcFunction } from "./vpc-function";

/** A data store as its clients see it. */
export interface DataStore {
  host: pulumi.Input<string>;
  port: number;
  /** Group of the data store; the client adds itself to it. */
  securityGroupId: pulumi.Input<string>;
  /** Secret with what logs in. */
  secretArn: pulumi.Input<string>;
}

export interface RecordsServiceArgs {
  environment: Environment;
  network: FunctionNetwork;
  database: DataStore & { name: string };
  redis: DataStore;
  /** Key of the secrets. */
  secretsKeyArn: pulumi.Input<string>;
  /** MiB. */
  memory: number;
  /** Requests at once; each takes `connectionsPerContainer` of the database's connections. */
  concurrency: number;
  /** For the function's log. */
  logs: LogGroupsArgs;
  /** For the audit log. */
  auditLogs: LogGroupsArgs;
}

/** Seconds. Well below the 29 that API Gateway waits for a function (API Gateway quotas). */
const timeout = 10;

/**
 * The service behind the API: a function in the private subnets that reads its credentials from Secrets Manager, and the audit log
 * that every access is written to (45 CFR 164.312(b)). Not for work longer than a request: that is what analytics tasks are for.
 */
export class RecordsService extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly invokeArn: pulumi.Output<string>;
  readonly auditLogGroupName: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: RecordsServiceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:service:RecordsService", name, {}, opts);

    const auditLogGroup = this.createAuditLogGroup();
    const service = this.createFunction(auditLogGroup);
    this.allowDataStores(service);
    this.functionName = service.function.name;
    this.invokeArn = service.function.invokeArn;
    this.auditLogGroupName = auditLogGroup.name;

    this.registerOutputs({
      functionName: this.functionName,
      invokeArn: this.invokeArn,
      auditLogGroupName: this.auditLogGroupName,
    });
  }

  private createAuditLogGroup() {
    const { environment, auditLogs } = this.args;
    return createLogGroup(this, "audit", resourceName("audit", environment.environmentSuffix), auditLogs);
  }

  private createFunction(auditLogGroup: aws.cloudwatch.LogGroup) {
    const { environment, network, database, redis, secretsKeyArn, memory, concurrency, logs } = this.args;
    return createVpcFunction(this, "records-service", {
      environment,
      network,
      type: "records-service",
      description: "Records API",
      code: bundle("service/records/index.ts"),
      memorySize: memory,
      timeout,
      reservedConcurrentExecutions: concurrency,
      variables: {
        ENVIRONMENT: environment.environmentSuffix,
        AUDIT_LOG_GROUP: auditLogGroup.name,
        DATABASE_HOST: database.host,
        DATABASE_PORT: String(database.port),
        DATABASE_NAME: database.name,
        DATABASE_SECRET_ARN: database.secretArn,
        REDIS_HOST: redis.host,
        REDIS_PORT: String(redis.port),
        REDIS_SECRET_ARN: redis.secretArn,
      },
      statements: [
        {
          Sid: "ReadCredentials",
          Effect: "Allow",
          Action: "secretsmanager:GetSecretValue",
          Resource: [database.secretArn, redis.secretArn],
        },
        {
          Sid: "UseSecretsKey",
          Effect: "Allow",
          Action: "kms:Decrypt",
          Resource: secretsKeyArn,
          Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${environment.region}.amazonaws.com` } },
        },
        {
          Sid: "WriteAuditLog",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: pulumi.interpolate`${auditLogGroup.arn}:*`,
        },
      ],
      logs,
    });
  }

  private allowDataStores({ securityGroupId }: VpcFunction) {
    const { database, redis } = this.args;
    const from = { name: "records-service", securityGroupId };
    allowConnection(this, {
      from,
      to: { name: "postgres", securityGroupId: database.securityGroupId },
      port: database.port,
    });
    allowConnection(this, { from, to: { name: "redis", securityGroupId: redis.securityGroupId }, port: redis.port });
  }
}
