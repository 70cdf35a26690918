import "./mocked-bundle";
import { DatabaseRotation } from "../../lib/database-rotation";
import { environment, logs, network, postgres, prerequisite, roleOf, rules } from "./fixtures";
import { counts, only, record, type Recorded } from "./recorder";

describe("DatabaseRotation", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await record(
      () =>
        new DatabaseRotation("database-rotation", {
          environment,
          network: network({}, [prerequisite("route")]),
          database: { ...postgres, secretArn: "arn:master-secret" },
          secretArn: "arn:records-database",
          schema: prerequisite("schema"),
          secretsKeyArn: "arn:secrets-key",
          rotationDays: 30,
          logs,
        }),
    );
  });

  it("is a function with its surroundings, a way to PostgreSQL, and a schedule that may invoke it", () => {
    expect(counts(recorded)).toEqual({
      "aws:lambda/function:Function": 1,
      "aws:lambda/permission:Permission": 1,
      "aws:secretsmanager/secretRotation:SecretRotation": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:iam/role:Role": 1,
      "aws:iam/policy:Policy": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "random:index/randomPassword:RandomPassword": 2,
    });
  });

  it("runs the rotation's code, told where PostgreSQL is and who may set passwords there, and no secret", () => {
    const { inputs } = only(recorded, "aws:lambda/function:Function");
    expect(inputs).toMatchObject({
      name: "database-rotation-pr-7",
      code: { "index.mjs": "service/database-rotation/index.ts" },
      memorySize: 256,
      timeout: 60,
      environment: {
        variables: {
          DATABASE_HOST: "database.example",
          DATABASE_PORT: "5432",
          DATABASE_NAME: "records",
          DATABASE_SECRET_ARN: "arn:master-secret",
          NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
        },
      },
    });
    expect(inputs).not.toHaveProperty("reservedConcurrentExecutions");
  });

  it("may log in as the master and rotate this one secret", () => {
    expect(roleOf(recorded, "database-rotation").allowed.slice(5)).toEqual([
      {
        Sid: "ReadMasterCredentials",
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-*",
        Condition: {
          StringEquals: {
            "aws:ResourceTag/aws:rds:primaryDBInstanceArn": "arn:aws:rds:eu-west-1:123456789012:db:rds-postgres-pr-7",
          },
        },
      },
      {
        Sid: "RotateSecret",
        Effect: "Allow",
        Action: [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        Resource: "arn:records-database",
      },
      { Sid: "GeneratePassword", Effect: "Allow", Action: "secretsmanager:GetRandomPassword", Resource: "*" },
      {
        Sid: "UseSecretsKey",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "arn:secrets-key",
        Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
      },
    ]);
  });

  it("reaches PostgreSQL, and AWS's APIs", () => {
    expect(rules(recorded)).toEqual({
      egress: [
        "SecurityGroup-database-rotation > 0.0.0.0/0 : 443",
        "SecurityGroup-database-rotation > sg-postgres : 5432",
      ],
      ingress: ["SecurityGroup-database-rotation > sg-postgres : 5432"],
    });
  });

  it("is invoked by this account's Secrets Manager only", () => {
    expect(only(recorded, "aws:lambda/permission:Permission").inputs).toEqual({
      function: "database-rotation-pr-7",
      action: "lambda:InvokeFunction",
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: "123456789012",
    });
  });

  it("rotates on schedule, not at once, when the secret has its first value and all that it needs is there", () => {
    const rotation = only(recorded, "aws:secretsmanager/secretRotation:SecretRotation");
    expect(rotation.inputs).toEqual({
      secretId: "arn:records-database",
      rotationLambdaArn: "arn:Function-database-rotation",
      rotationRules: { automaticallyAfterDays: 30 },
      rotateImmediately: false,
    });
    expect(rotation.dependencies).toContain("Function database-rotation");
    expect(only(recorded, "aws:lambda/function:Function").dependsOn).toContain("RandomPassword schema");
    expect(rotation.dependsOn).toEqual([
      "Permission secrets-manager",
      "RandomPassword route",
      "SecurityGroupEgressRule database-rotation-to-internet",
      "SecurityGroupEgressRule database-rotation-to-postgres",
      "SecurityGroupIngressRule postgres-from-database-rotation",
    ]);
  });

  it("tells the function's name", () => {
    const component = only(recorded, "tap:database:DatabaseRotation");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({ functionName: "database-rotation-pr-7" });
  });
});
