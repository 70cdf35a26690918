import "./mocked-bundle";
import { RecordsService } from "../../lib/records-service";
import { dataLoss, environment, logs, network, postgres, prerequisite, redis, roleOf, rules } from "./fixtures";
import { all, counts, only, record, type Recorded } from "./recorder";

const deploy = (access: Parameters<typeof network>[0] = {}) =>
  record(
    () =>
      new RecordsService("records-service", {
        environment,
        network: network(access),
        database: { ...postgres, secretArn: "arn:database-secret" },
        redis,
        secretsKeyArn: "arn:secrets-key",
        userPool: { id: "pool-1", clientId: "client-1" },
        session: { idleMinutes: 15, absoluteHours: 12, requestsPerMinute: 300 },
        cacheSeconds: 60,
        schema: prerequisite("schema"),
        memory: 512,
        concurrency: 20,
        logs,
        auditLogs: { ...logs, retentionInDays: 2192 },
        dataLoss,
      }),
  );

describe("RecordsService", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy();
  });

  it("is a function with its surroundings, ways to both data stores, and the audit log", () => {
    expect(counts(recorded)).toEqual({
      "aws:lambda/function:Function": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 3,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 2,
      "aws:cloudwatch/logGroup:LogGroup": 2,
      "aws:iam/role:Role": 1,
      "aws:iam/policy:Policy": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "random:index/randomPassword:RandomPassword": 1,
    });
  });

  it("runs the service's code, told where its data stores and secrets are and no secret", () => {
    expect(only(recorded, "aws:lambda/function:Function").inputs).toEqual({
      name: "records-service-pr-7",
      description: "Records API",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: { "index.mjs": "service/records/index.ts" },
      role: "arn:Role-records-service",
      memorySize: 512,
      timeout: 10,
      reservedConcurrentExecutions: 20,
      environment: {
        variables: {
          ENVIRONMENT: "pr-7",
          AUDIT_LOG_GROUP: "audit-pr-7",
          DATABASE_HOST: "database.example",
          DATABASE_PORT: "5432",
          DATABASE_NAME: "records",
          DATABASE_SECRET_ARN: "arn:database-secret",
          REDIS_HOST: "redis.example",
          REDIS_PORT: "6379",
          REDIS_SECRET_ARN: "arn:redis-auth",
          USER_POOL_ID: "pool-1",
          USER_POOL_CLIENT_ID: "client-1",
          TOKEN_VERIFICATION: "keys",
          SESSION_IDLE_SECONDS: "900",
          SESSION_ABSOLUTE_SECONDS: "43200",
          SESSION_REQUESTS_PER_MINUTE: "300",
          CACHE_SECONDS: "60",
          NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
        },
      },
      tracingConfig: { mode: "Active" },
      loggingConfig: {
        logFormat: "JSON",
        logGroup: "/aws/lambda/records-service-pr-7",
        applicationLogLevel: "INFO",
        systemLogLevel: "WARN",
      },
      vpcConfig: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["SecurityGroup-records-service"] },
      replaceSecurityGroupsOnDestroy: true,
    });
  });

  it("takes API Gateway's word for tokens where no NAT leads to the user pool's keys", async () => {
    const { inputs } = only(await deploy({ nat: false }), "aws:lambda/function:Function");
    expect(inputs.environment).toMatchObject({ variables: { TOKEN_VERIFICATION: "gateway" } });
  });

  it("gets new code only once the schema is what that code expects", () => {
    expect(only(recorded, "aws:lambda/function:Function").dependsOn).toEqual([
      "RandomPassword schema",
      "RolePolicyAttachment records-service",
    ]);
  });

  it("may read its two secrets and write the audit log", () => {
    expect(roleOf(recorded, "records-service").allowed.slice(5)).toEqual([
      {
        Sid: "ReadCredentials",
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: ["arn:database-secret", "arn:redis-auth"],
      },
      {
        Sid: "UseSecretsKey",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: "arn:secrets-key",
        Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
      },
      {
        Sid: "WriteAuditLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "arn:LogGroup-audit:*",
      },
    ]);
  });

  it("reaches PostgreSQL, Redis and AWS's APIs", () => {
    expect(rules(recorded)).toEqual({
      egress: [
        "SecurityGroup-records-service > 0.0.0.0/0 : 443",
        "SecurityGroup-records-service > sg-postgres : 5432",
        "SecurityGroup-records-service > sg-redis : 6379",
      ],
      ingress: [
        "SecurityGroup-records-service > sg-postgres : 5432",
        "SecurityGroup-records-service > sg-redis : 6379",
      ],
    });
  });

  it("keeps the audit log for years and its own for days, both encrypted", () => {
    expect(all(recorded, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs)).toEqual([
      { name: "audit-pr-7", kmsKeyId: "arn:logs-key", retentionInDays: 2192 },
      { name: "/aws/lambda/records-service-pr-7", kmsKeyId: "arn:logs-key", retentionInDays: 30 },
    ]);
  });

  it("tells how it is invoked and where it audits", () => {
    const component = only(recorded, "tap:service:RecordsService");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({
      functionName: "records-service-pr-7",
      invokeArn:
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:records-service-pr-7/invocations",
      auditLogGroup: { name: "audit-pr-7", arn: "arn:LogGroup-audit" },
    });
  });
});
