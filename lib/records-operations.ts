import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Command } from "../service/operations/command";
import { bundle } from "./bundle";
import { allowPostgres, allowRedis, databaseVariables, redisVariables, type DataStores } from "./data-stores";
import { type Environment } from "./environment";
import { type LogGroupsArgs } from "./log-groups";
import { resourceName } from "./naming";
import { readSecrets } from "./secret-access";
import { createVpcFunction, type FunctionNetwork } from "./vpc-function";

export interface RecordsOperationsArgs {
  environment: Environment;
  network: FunctionNetwork;
  database: DataStores["database"];
  redis: DataStores["redis"];
  /** Key of the secrets. */
  secretsKeyArn: pulumi.Input<string>;
  /** Where the records service writes down every access. */
  auditLogGroup: { name: pulumi.Input<string>; arn: pulumi.Input<string> };
  /** Hours after which a session ends in any case. */
  sessionAbsoluteHours: number;
  /** Exists once the schema is what the code expects. */
  schema: pulumi.Resource;
  /** For the function's log. */
  logs: LogGroupsArgs;
}

/** Seconds: the longest that a function may run (Lambda quotas), as a verification reads the whole audit trail. */
const timeout = 900;

interface Schedule {
  description: string;
  /** As a rate expression has it (EventBridge user guide, "Rate expressions"). */
  rate: string;
  command: Command["command"];
}

/**
 * What the records service needs done beside requests: every minute the accesses of the audit log are moved into the database's audit trail, and every day that trail is
 * verified; operators verify it at any time and end a user's sessions by invoking the function (45 CFR 164.308(a)(1)(ii)(D), 164.312(b) and (c)(2)). Not reachable by the API.
 */
export class RecordsOperations extends pulumi.ComponentResource {
  /** Seconds after which Lambda ends the function. */
  readonly timeout = timeout;
  readonly functionName: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: RecordsOperationsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:service:RecordsOperations", name, {}, opts);

    const operations = this.createFunction();
    const from = { name: "records-operations", ...operations };
    allowPostgres(this, from, args.database);
    allowRedis(this, from, args.redis);
    this.schedule("audit-delivery", operations.function, {
      description: "Moves accesses from the audit log into the database's audit trail",
      // Until then a reader's access stands in the audit log alone.
      rate: "1 minute",
      command: "deliver-audit",
    });
    this.schedule("audit-verification", operations.function, {
      description: "Verifies that the audit trail is as it was written",
      rate: "1 day",
      command: "verify-audit",
    });
    this.functionName = operations.function.name;

    this.registerOutputs({ functionName: this.functionName });
  }

  private createFunction() {
    const { environment, network, database, redis, secretsKeyArn, auditLogGroup, logs } = this.args;
    return createVpcFunction(this, "records-operations", {
      environment,
      network,
      type: "records-operations",
      description: "Audit trail and sessions of the records service",
      code: bundle("service/operations/index.ts"),
      after: [this.args.schema],
      memorySize: 512,
      timeout,
      reservedConcurrentExecutions: undefined,
      variables: {
        ENVIRONMENT: environment.environmentSuffix,
        AUDIT_LOG_GROUP: auditLogGroup.name,
        ...databaseVariables(database),
        ...redisVariables(redis),
        SESSION_ABSOLUTE_SECONDS: String(this.args.sessionAbsoluteHours * 3600),
      },
      statements: [
        ...readSecrets(environment, [database.secretArn, redis.secretArn], secretsKeyArn),
        {
          Sid: "ReadAndWriteAuditLog",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:FilterLogEvents", "logs:PutLogEvents"],
          Resource: pulumi.interpolate`${auditLogGroup.arn}:*`,
        },
      ],
      logs,
    });
  }

  /** Lets EventBridge invoke the function again and again. */
  private schedule(
    name: "audit-delivery" | "audit-verification",
    operations: aws.lambda.Function,
    { description, rate, command }: Schedule,
  ) {
    const rule = new aws.cloudwatch.EventRule(
      name,
      {
        name: resourceName(name, this.args.environment.environmentSuffix),
        description,
        scheduleExpression: `rate(${rate})`,
        // Without it, nobody would see that somebody has disabled the rule (terraform-provider-aws#35616).
        state: "ENABLED",
      },
      { parent: this },
    );
    const permission = new aws.lambda.Permission(
      name,
      {
        function: operations.name,
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      },
      { parent: this },
    );
    new aws.cloudwatch.EventTarget(
      name,
      { rule: rule.name, targetId: "records-operations", arn: operations.arn, input: JSON.stringify({ command }) },
      { parent: this, dependsOn: permission },
    );
  }
}
