import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundle } from "./bundle";
import { allowPostgres, allowRedis, databaseVariables, redisVariables, type DataStores } from "./data-stores";
import { regionalArn, type Environment } from "./environment";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { resourceName } from "./naming";
import { readSecrets } from "./secret-access";
import { createVpcFunction, type FunctionNetwork } from "./vpc-function";

export interface RecordsServiceArgs {
  environment: Environment;
  network: FunctionNetwork;
  database: DataStores["database"];
  redis: DataStores["redis"];
  /** Key of the secrets. */
  secretsKeyArn: pulumi.Input<string>;
  /** Whose access tokens the service accepts. */
  userPool: { id: pulumi.Input<string>; clientId: pulumi.Input<string> };
  session: {
    /** Minutes without a request after which a session ends. */
    idleMinutes: number;
    /** Hours after which a session ends in any case. */
    absoluteHours: number;
    /** Requests that a session may make in a minute. */
    requestsPerMinute: number;
  };
  /** Seconds for which Redis keeps what was read; 0 for no cache. */
  cacheSeconds: number;
  /** Exists once the schema is what the service's code expects, and the database's secret has a value. */
  schema: pulumi.Resource;
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
  /** Seconds after which Lambda ends the function. */
  readonly timeout = timeout;
  readonly functionName: pulumi.Output<string>;
  /** What API Gateway invokes the function by; known before the function is there. */
  readonly invokeArn: string;
  /** Exists once the function runs the code beside this program. */
  readonly ready: pulumi.Resource;
  readonly auditLogGroup: { name: pulumi.Output<string>; arn: pulumi.Output<string> };

  constructor(
    name: string,
    private readonly args: RecordsServiceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:service:RecordsService", name, {}, opts);

    const auditLogGroup = this.createAuditLogGroup();
    const service = this.createFunction(auditLogGroup);
    const from = { name: "records-service", ...service };
    allowPostgres(this, from, args.database);
    allowRedis(this, from, args.redis);
    this.functionName = service.function.name;
    this.invokeArn = invokeArn(args.environment);
    this.ready = service.function;
    this.auditLogGroup = { name: auditLogGroup.name, arn: auditLogGroup.arn };

    this.registerOutputs({
      functionName: this.functionName,
      invokeArn: this.invokeArn,
      auditLogGroup: this.auditLogGroup,
    });
  }

  private createAuditLogGroup() {
    const { environment, auditLogs } = this.args;
    return createLogGroup(this, "audit", resourceName("audit", environment.environmentSuffix), auditLogs);
  }

  private createFunction(auditLogGroup: aws.cloudwatch.LogGroup) {
    const { environment, network, database, redis, secretsKeyArn, cacheSeconds, schema, memory, concurrency, logs } =
      this.args;
    return createVpcFunction(this, "records-service", {
      environment,
      network,
      type: "records-service",
      description: "Records API",
      code: bundle("service/records/index.ts"),
      after: [schema],
      memorySize: memory,
      timeout,
      reservedConcurrentExecutions: concurrency,
      variables: {
        ENVIRONMENT: environment.environmentSuffix,
        AUDIT_LOG_GROUP: auditLogGroup.name,
        ...databaseVariables(database),
        ...redisVariables(redis),
        ...this.accessVariables(),
        CACHE_SECONDS: String(cacheSeconds),
      },
      statements: [
        ...readSecrets(environment, [database.secretArn, redis.secretArn], secretsKeyArn),
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

  /** Who may come in, for how long and how often. */
  private accessVariables() {
    const { network, userPool, session } = this.args;
    return {
      USER_POOL_ID: userPool.id,
      USER_POOL_CLIENT_ID: userPool.clientId,
      // The pool's keys are on the internet only; without a way there, what API Gateway has verified must do.
      TOKEN_VERIFICATION: network.awsAccess.nat ? "keys" : "gateway",
      SESSION_IDLE_SECONDS: String(session.idleMinutes * 60),
      SESSION_ABSOLUTE_SECONDS: String(session.absoluteHours * 3600),
      SESSION_REQUESTS_PER_MINUTE: String(session.requestsPerMinute),
    };
  }
}

/** API Gateway developer guide, "Lambda integrations". */
function invokeArn(environment: Environment): string {
  const { partition, region, environmentSuffix } = environment;
  const functionArn = regionalArn(
    environment,
    "lambda",
    `function:${resourceName("records-service", environmentSuffix)}`,
  );
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}
