import {
  type FunctionConfiguration,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
} from "@aws-sdk/client-lambda";
import { securityGroupId } from "./lookups";
import { secretsIn, secretValues } from "./secret-values";
import { accountId, arnOf, aws, environmentSuffix, nameOf, only, outputs, parsePolicy, partition } from "./stack";

const types = ["records-service", "redis-rotation"] as const;

const variables = {
  "records-service": {
    ENVIRONMENT: environmentSuffix,
    AUDIT_LOG_GROUP: outputs.auditLogGroupName,
    DATABASE_HOST: outputs.databaseEndpoint,
    DATABASE_PORT: String(outputs.databasePort),
    DATABASE_NAME: outputs.databaseName,
    DATABASE_SECRET_ARN: outputs.databaseSecretArn,
    REDIS_HOST: outputs.redisPrimaryEndpoint,
    REDIS_PORT: String(outputs.redisPort),
    REDIS_SECRET_ARN: outputs.redisAuthSecretArn,
    NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
  },
  "redis-rotation": {
    REPLICATION_GROUP_ID: nameOf("redis"),
    REDIS_HOST: outputs.redisPrimaryEndpoint,
    REDIS_PORT: String(outputs.redisPort),
    NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
  },
};

/** Who may invoke each function, and on whose behalf. */
const invokers = {
  "records-service": {
    Principal: { Service: "apigateway.amazonaws.com" },
    Condition: {
      ArnLike: { "AWS:SourceArn": arnOf("execute-api", `${outputs.apiId}/${environmentSuffix}/*`) },
    },
  },
  "redis-rotation": {
    Principal: { Service: "secretsmanager.amazonaws.com" },
    Condition: { StringEquals: { "AWS:SourceAccount": accountId } },
  },
};

describe.each(types)("%s", (type) => {
  const FunctionName = nameOf(type);
  const functionArn = arnOf("lambda", `function:${FunctionName}`);
  let lambda: FunctionConfiguration;

  beforeAll(async () => {
    lambda = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  });

  test("runs its own bundle on Node.js 22 on Arm, within the role of its name", () => {
    expect(lambda).toMatchObject({
      FunctionArn: functionArn,
      State: "Active",
      PackageType: "Zip",
      Runtime: "nodejs22.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      Role: `arn:${partition}:iam::${accountId}:role/${FunctionName}`,
    });
    expect(lambda.CodeSize).toBeGreaterThan(10_000);
    expect(lambda.Layers ?? []).toEqual([]);
  });

  test("has its time limit: less than API Gateway's for the service, the longest for the rotation", () => {
    expect(lambda.Timeout).toBe({ "records-service": 10, "redis-rotation": 900 }[type]);
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
    expect(lambda.Environment).toEqual({ Variables: variables[type] });
  });

  test("is invoked by its one caller only", async () => {
    const { Policy } = await aws.lambda.send(new GetPolicyCommand({ FunctionName }));
    const { Sid, ...statement } = only(parsePolicy(Policy).Statement, "statement");
    expect(Sid).toEqual(expect.any(String));
    expect(statement).toEqual({
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: functionArn,
      ...invokers[type],
    });
  });
});

test("take no more of the account's concurrency than the database has connections for", async () => {
  const [service, rotation] = await Promise.all(
    types.map((type) => aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: nameOf(type) }))),
  );
  expect(service?.ReservedConcurrentExecutions).toBeGreaterThanOrEqual(1);
  expect(service?.ReservedConcurrentExecutions).toBeLessThanOrEqual(900);
  expect(rotation?.ReservedConcurrentExecutions).toBeUndefined();
});
