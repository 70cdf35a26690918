import {
  type FunctionConfiguration,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-lambda";
import { connectionsPerContainer } from "../../lib/config";
import { maximumConnections } from "../../lib/database-capacity";
import { type FunctionType, functionTypes } from "../../lib/naming";
import { findDatabase, findNatGateways, secretArn, securityGroupId } from "./lookups";
import { secretsIn, secretValues } from "./secret-values";
import {
  accountId,
  arnOf,
  aws,
  canonical,
  environmentSuffix,
  nameOf,
  outputs,
  parsePolicy,
  partition,
  type PolicyStatement,
  present,
} from "./stack";

const database = {
  DATABASE_HOST: outputs.databaseEndpoint,
  DATABASE_PORT: String(outputs.databasePort),
  DATABASE_NAME: outputs.databaseName,
};
const redis = { REDIS_HOST: outputs.redisPrimaryEndpoint, REDIS_PORT: String(outputs.redisPort) };
const between = (least: number, most: number) => (text: string | undefined) =>
  text !== undefined && /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

/** What the stack's configuration decides, and what it may be. */
const configured: Record<string, (text: string | undefined) => boolean> = {
  SESSION_IDLE_SECONDS: between(60, 3600),
  SESSION_ABSOLUTE_SECONDS: between(3600, 86_400),
  SESSION_REQUESTS_PER_MINUTE: between(10, 6000),
  CACHE_SECONDS: between(0, 3600),
};

/** The environment of each function, but for what is configured. */
const variables: Record<FunctionType, () => Promise<Record<string, string>>> = {
  "records-service": async () => ({
    ENVIRONMENT: environmentSuffix,
    AUDIT_LOG_GROUP: outputs.auditLogGroupName,
    ...database,
    DATABASE_SECRET_ARN: await secretArn("records-database"),
    ...redis,
    REDIS_SECRET_ARN: outputs.redisAuthSecretArn,
    USER_POOL_ID: outputs.userPoolId,
    USER_POOL_CLIENT_ID: outputs.userPoolClientId,
    TOKEN_VERIFICATION: (await findNatGateways()).length > 0 ? "keys" : "gateway",
  }),
  "records-operations": async () => ({
    ENVIRONMENT: environmentSuffix,
    AUDIT_LOG_GROUP: outputs.auditLogGroupName,
    ...database,
    DATABASE_SECRET_ARN: await secretArn("records-database"),
    ...redis,
    REDIS_SECRET_ARN: outputs.redisAuthSecretArn,
  }),
  "schema-migration": async () => ({
    DATABASE_PORT: database.DATABASE_PORT,
    DATABASE_NAME: database.DATABASE_NAME,
    SERVICE_SECRET_ARN: await secretArn("records-database"),
  }),
  "database-rotation": () => Promise.resolve({ ...database, DATABASE_SECRET_ARN: outputs.databaseSecretArn }),
  "redis-rotation": () => Promise.resolve({ REPLICATION_GROUP_ID: nameOf("redis"), ...redis }),
};

const ofConfiguration: Record<FunctionType, string[]> = {
  "records-service": Object.keys(configured),
  "records-operations": ["SESSION_ABSOLUTE_SECONDS"],
  "schema-migration": [],
  "database-rotation": [],
  "redis-rotation": [],
};

/** Seconds: less than API Gateway's for the service, the longest where one waits for others or for much data. */
const timeouts: Record<FunctionType, number> = {
  "records-service": 10,
  "records-operations": 900,
  "schema-migration": 900,
  "database-rotation": 60,
  "redis-rotation": 900,
};

const secretsManager = {
  Principal: { Service: "secretsmanager.amazonaws.com" },
  Condition: { StringEquals: { "AWS:SourceAccount": accountId } },
};

/** Which service may invoke each function, and on whose behalf. */
const invokers: Record<FunctionType, object[]> = {
  "records-service": [
    {
      Principal: { Service: "apigateway.amazonaws.com" },
      Condition: {
        ArnLike: { "AWS:SourceArn": arnOf("execute-api", `${outputs.apiId}/${environmentSuffix}/*`) },
      },
    },
  ],
  "records-operations": (["audit-delivery", "audit-verification"] as const).map((schedule) => ({
    Principal: { Service: "events.amazonaws.com" },
    Condition: { ArnLike: { "AWS:SourceArn": arnOf("events", `rule/${nameOf(schedule)}`) } },
  })),
  // By who deploys alone.
  "schema-migration": [],
  "database-rotation": [secretsManager],
  "redis-rotation": [secretsManager],
};

describe.each(functionTypes)("%s", (type) => {
  const FunctionName = nameOf(type);
  const functionArn = arnOf("lambda", `function:${FunctionName}`);
  let lambda: FunctionConfiguration;

  beforeAll(async () => {
    lambda = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  });

  test("runs its own bundle on Node.js 22 on Arm, within the role of its name", () => {
    expect(lambda).toMatchObject({
      FunctionArn: functionArn,
      PackageType: "Zip",
      Runtime: "nodejs22.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      Role: `arn:${partition}:iam::${accountId}:role/${FunctionName}`,
    });
    // Lambda sets a function of a VPC inactive that nobody has invoked for weeks; the next invocation wakes it.
    expect(["Active", "Inactive"]).toContain(lambda.State);
    expect(lambda.CodeSize).toBeGreaterThan(10_000);
    expect(lambda.Layers ?? []).toEqual([]);
  });

  test("has its time limit", () => {
    expect(lambda.Timeout).toBe(timeouts[type]);
  });

  test("stands in the private subnets, in its security group alone", async () => {
    const GroupId = await securityGroupId(type);
    expect(lambda.VpcConfig?.VpcId).toBe(outputs.vpcId);
    expect(lambda.VpcConfig?.SubnetIds?.toSorted()).toEqual(outputs.privateSubnetIds.toSorted());
    expect(lambda.VpcConfig?.SecurityGroupIds).toEqual([GroupId]);
  });

  test("is traced, and logs to the encrypted group as JSON", () => {
    expect(lambda.TracingConfig).toEqual({ Mode: "Active" });
    expect(lambda.LoggingConfig).toEqual({
      LogFormat: "JSON",
      ApplicationLogLevel: "INFO",
      SystemLogLevel: "WARN",
      LogGroup: `/aws/lambda/${FunctionName}`,
    });
  });

  test("is told where to find things, and no secret", async () => {
    expect(secretsIn(JSON.stringify(lambda), await secretValues())).toEqual({ found: 0 });
    const found = lambda.Environment?.Variables ?? {};
    const settings = ofConfiguration[type].map((name) => [name, found[name]] as const);
    expect(settings.filter(([name, value]) => !configured[name]?.(value))).toEqual([]);
    expect(found).toEqual({
      ...(await variables[type]()),
      ...Object.fromEntries(settings),
      NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
    });
  });

  test("is invoked by its callers only", async () => {
    const allowed = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn };
    // They are kept in the order in which they were made.
    const bySource = (await policyStatements(FunctionName)).toSorted((one, other) =>
      JSON.stringify(one.Condition).localeCompare(JSON.stringify(other.Condition)),
    );
    const statements = bySource.map(({ Sid, ...statement }) => {
      expect(Sid).toEqual(expect.any(String));
      return statement;
    });
    expect(canonical(statements)).toEqual(canonical(invokers[type].map((invoker) => ({ ...allowed, ...invoker }))));
  });
});

test("take no more of the account's concurrency than the database has connections for", async () => {
  const [service, ...others] = await Promise.all(
    functionTypes.map((type) => aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: nameOf(type) }))),
  );
  expect(service?.ReservedConcurrentExecutions).toBeGreaterThanOrEqual(1);
  expect(service?.ReservedConcurrentExecutions).toBeLessThanOrEqual(900);
  const { DBInstanceClass } = await findDatabase();
  const connections = maximumConnections(present(DBInstanceClass, "instance class"));
  expect(connectionsPerContainer * (service?.ReservedConcurrentExecutions ?? 0)).toBeLessThanOrEqual(connections);
  expect(others.map(({ ReservedConcurrentExecutions }) => ReservedConcurrentExecutions)).toEqual(
    others.map(() => undefined),
  );
});

/** What a function's own policy says; it has none until somebody else may invoke it. */
async function policyStatements(FunctionName: string): Promise<PolicyStatement[]> {
  try {
    const { Policy } = await aws.lambda.send(new GetPolicyCommand({ FunctionName }));
    return parsePolicy(Policy).Statement;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
