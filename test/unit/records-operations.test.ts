import "./mocked-bundle";
import { RecordsOperations } from "../../lib/records-operations";
import { environment, logs, network, postgres, prerequisite, redis, roleOf, rules } from "./fixtures";
import { counts, only, record, type Recorded } from "./recorder";

describe("RecordsOperations", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await record(
      () =>
        new RecordsOperations("records-operations", {
          environment,
          network: network(),
          database: { ...postgres, secretArn: "arn:records-database" },
          redis,
          secretsKeyArn: "arn:secrets-key",
          auditLogGroup: { name: "audit-pr-7", arn: "arn:audit" },
          sessionAbsoluteHours: 12,
          schema: prerequisite("schema"),
          logs,
        }),
    );
  });

  it("is a function with its surroundings, ways to both data stores, and two schedules that may invoke it", () => {
    expect(counts(recorded)).toEqual({
      "aws:lambda/function:Function": 1,
      "aws:lambda/permission:Permission": 2,
      "aws:cloudwatch/eventRule:EventRule": 2,
      "aws:cloudwatch/eventTarget:EventTarget": 2,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 3,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 2,
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:iam/role:Role": 1,
      "aws:iam/policy:Policy": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "random:index/randomPassword:RandomPassword": 1,
    });
  });

  it("runs the operations' code, told where its data stores, secrets and the audit log are and no secret", () => {
    const { inputs } = only(recorded, "aws:lambda/function:Function");
    expect(inputs).toMatchObject({
      name: "records-operations-pr-7",
      code: { "index.mjs": "service/operations/index.ts" },
      memorySize: 512,
      timeout: 900,
      environment: {
        variables: {
          ENVIRONMENT: "pr-7",
          AUDIT_LOG_GROUP: "audit-pr-7",
          DATABASE_HOST: "database.example",
          DATABASE_PORT: "5432",
          DATABASE_NAME: "records",
          DATABASE_SECRET_ARN: "arn:records-database",
          REDIS_HOST: "redis.example",
          REDIS_PORT: "6379",
          REDIS_SECRET_ARN: "arn:redis-auth",
          SESSION_ABSOLUTE_SECONDS: "43200",
          NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
        },
      },
    });
    expect(inputs).not.toHaveProperty("reservedConcurrentExecutions");
  });

  it("gets new code only once the schema is what that code expects", () => {
    expect(only(recorded, "aws:lambda/function:Function").dependsOn).toContain("RandomPassword schema");
  });

  it("may read the service's two secrets, and read and write the audit log", () => {
    expect(roleOf(recorded, "records-operations").allowed.slice(5)).toEqual([
      {
        Sid: "ReadCredentials",
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: ["arn:records-database", "arn:redis-auth"],
      },
      {
        Sid: "UseSecretsKey",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: "arn:secrets-key",
        Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
      },
      {
        Sid: "ReadAndWriteAuditLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:FilterLogEvents", "logs:PutLogEvents"],
        Resource: "arn:audit:*",
      },
    ]);
  });

  it("reaches PostgreSQL, Redis and AWS's APIs", () => {
    expect(rules(recorded)).toEqual({
      egress: [
        "SecurityGroup-records-operations > 0.0.0.0/0 : 443",
        "SecurityGroup-records-operations > sg-postgres : 5432",
        "SecurityGroup-records-operations > sg-redis : 6379",
      ],
      ingress: [
        "SecurityGroup-records-operations > sg-postgres : 5432",
        "SecurityGroup-records-operations > sg-redis : 6379",
      ],
    });
  });

  it.each([
    [
      "audit-delivery",
      "rate(1 minute)",
      "Moves accesses from the audit log into the database's audit trail",
      '{"command":"deliver-audit"}',
    ],
    [
      "audit-verification",
      "rate(1 day)",
      "Verifies that the audit trail is as it was written",
      '{"command":"verify-audit"}',
    ],
  ])("runs %s at a %s", (name, scheduleExpression, description, input) => {
    expect(only(recorded, "aws:cloudwatch/eventRule:EventRule", name).inputs).toEqual({
      name: `${name}-pr-7`,
      description,
      scheduleExpression,
      state: "ENABLED",
    });
    const target = only(recorded, "aws:cloudwatch/eventTarget:EventTarget", name);
    expect(target.inputs).toEqual({
      rule: `${name}-pr-7`,
      targetId: "records-operations",
      arn: "arn:Function-records-operations",
      input,
    });
    expect(target.dependsOn).toEqual([`Permission ${name}`]);
  });

  it.each(["audit-delivery", "audit-verification"])("may be invoked by %s, and by no other schedule", (name) => {
    expect(only(recorded, "aws:lambda/permission:Permission", name).inputs).toEqual({
      function: "records-operations-pr-7",
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: `arn:EventRule-${name}`,
    });
  });

  it("tells the function's name", () => {
    const component = only(recorded, "tap:service:RecordsOperations");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({ functionName: "records-operations-pr-7" });
  });
});
