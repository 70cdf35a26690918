import "./mocked-bundle";
import { SchemaMigration } from "../../lib/schema-migration";
import { environment, logs, network, postgres, prerequisite, roleOf, rules } from "./fixtures";
import { counts, only, record, type Recorded } from "./recorder";

describe("SchemaMigration", () => {
  let recorded: Recorded[];
  let migration: SchemaMigration;
  beforeAll(async () => {
    recorded = await record(
      () =>
        (migration = new SchemaMigration("schema-migration", {
          environment,
          network: network({}, [prerequisite("route")]),
          database: { ...postgres, secretArn: "arn:master-secret", resourceId: "db-1" },
          serviceSecret: { arn: "arn:records-database", ready: [prerequisite("secret-policy")] },
          secretsKeyArn: "arn:secrets-key",
          logs,
        })),
    );
  });

  it("is a function with its surroundings, a way to PostgreSQL, and its invocation", () => {
    expect(counts(recorded)).toEqual({
      "aws:lambda/function:Function": 1,
      "aws:lambda/invocation:Invocation": 1,
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

  it("runs the migrations' code for as long as a function may, told no secret", () => {
    expect(only(recorded, "aws:lambda/function:Function").inputs).toMatchObject({
      name: "schema-migration-pr-7",
      code: { "index.mjs": "service/migration/index.ts" },
      memorySize: 256,
      timeout: 900,
      environment: {
        variables: {
          DATABASE_PORT: "5432",
          DATABASE_NAME: "records",
          SERVICE_SECRET_ARN: "arn:records-database",
          NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
        },
      },
    });
    expect(only(recorded, "aws:lambda/function:Function").inputs).not.toHaveProperty("reservedConcurrentExecutions");
  });

  it("may log in as the master and give the service its login", () => {
    expect(roleOf(recorded, "schema-migration").allowed.slice(5)).toEqual([
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
        Sid: "GiveServiceCredentials",
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
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
        "SecurityGroup-schema-migration > 0.0.0.0/0 : 443",
        "SecurityGroup-schema-migration > sg-postgres : 5432",
      ],
      ingress: ["SecurityGroup-schema-migration > sg-postgres : 5432"],
    });
  });

  it("runs once for each state of the migrations, the database and the secret", () => {
    expect(only(recorded, "aws:lambda/invocation:Invocation").inputs).toEqual({
      functionName: "schema-migration-pr-7",
      input: JSON.stringify({ DATABASE_HOST: "database.example", DATABASE_SECRET_ARN: "arn:master-secret" }),
      triggers: {
        code: "sha256 of service/migration/index.ts",
        database: "db-1",
        serviceSecret: "arn:records-database",
      },
    });
  });

  it("runs when all that it needs on its way is there", () => {
    expect(only(recorded, "aws:lambda/invocation:Invocation").dependsOn).toEqual([
      "RandomPassword route",
      "RandomPassword secret-policy",
      "SecurityGroupEgressRule schema-migration-to-internet",
      "SecurityGroupEgressRule schema-migration-to-postgres",
      "SecurityGroupIngressRule postgres-from-schema-migration",
    ]);
  });

  it("is done when it has run", () => {
    expect(migration.done.constructor.name).toBe("Invocation");
  });

  it("tells the function's name", () => {
    const component = only(recorded, "tap:database:SchemaMigration");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({ functionName: "schema-migration-pr-7" });
  });
});
