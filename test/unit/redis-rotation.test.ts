import "./mocked-bundle";
import { RedisRotation } from "../../lib/redis-rotation";
import { environment, logs, network, prerequisite, roleOf, rules } from "./fixtures";
import { counts, only, record, type Recorded } from "./recorder";

describe("RedisRotation", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await record(() => {
      return new RedisRotation("redis-rotation", {
        environment,
        network: network({}, [prerequisite("route")]),
        redis: { replicationGroupId: "redis-pr-7", host: "redis.example", port: 6379, securityGroupId: "sg-redis" },
        secretArn: "arn:redis-auth",
        secretReady: [prerequisite("secret")],
        secretsKeyArn: "arn:secrets-key",
        rotationDays: 30,
        logs,
      });
    });
  });

  it("is a function with its surroundings, a way to Redis, and a schedule that may invoke it", () => {
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

  it("runs the rotation's code for as long as ElastiCache may need, told where Redis is and no secret", () => {
    expect(only(recorded, "aws:lambda/function:Function").inputs).toEqual({
      name: "redis-rotation-pr-7",
      description: "Rotation of the Redis AUTH token",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: { "index.mjs": "service/redis-rotation/index.ts" },
      role: "arn:Role-redis-rotation",
      memorySize: 256,
      timeout: 900,
      environment: {
        variables: {
          REPLICATION_GROUP_ID: "redis-pr-7",
          REDIS_HOST: "redis.example",
          REDIS_PORT: "6379",
          NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
        },
      },
      tracingConfig: { mode: "Active" },
      loggingConfig: {
        logFormat: "JSON",
        logGroup: "/aws/lambda/redis-rotation-pr-7",
        applicationLogLevel: "INFO",
        systemLogLevel: "WARN",
      },
      vpcConfig: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["SecurityGroup-redis-rotation"] },
      replaceSecurityGroupsOnDestroy: true,
    });
  });

  it("may rotate this one secret and change this one group's token", () => {
    expect(roleOf(recorded, "redis-rotation").allowed.slice(5)).toEqual([
      {
        Sid: "RotateSecret",
        Effect: "Allow",
        Action: [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        Resource: "arn:redis-auth",
      },
      { Sid: "GeneratePassword", Effect: "Allow", Action: "secretsmanager:GetRandomPassword", Resource: "*" },
      {
        Sid: "UseSecretsKey",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "arn:secrets-key",
        Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
      },
      {
        Sid: "ChangeToken",
        Effect: "Allow",
        Action: ["elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup"],
        Resource: "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:redis-pr-7",
      },
    ]);
  });

  it("reaches Redis, and AWS's APIs", () => {
    expect(rules(recorded)).toEqual({
      egress: ["SecurityGroup-redis-rotation > 0.0.0.0/0 : 443", "SecurityGroup-redis-rotation > sg-redis : 6379"],
      ingress: ["SecurityGroup-redis-rotation > sg-redis : 6379"],
    });
  });

  it("is invoked by this account's Secrets Manager only", () => {
    expect(only(recorded, "aws:lambda/permission:Permission").inputs).toEqual({
      function: "redis-rotation-pr-7",
      action: "lambda:InvokeFunction",
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: "123456789012",
    });
  });

  it("rotates on schedule, not at once, when it may be invoked, reaches what it needs, and the secret is there", () => {
    const rotation = only(recorded, "aws:secretsmanager/secretRotation:SecretRotation");
    expect(rotation.inputs).toEqual({
      secretId: "arn:redis-auth",
      rotationLambdaArn: "arn:Function-redis-rotation",
      rotationRules: { automaticallyAfterDays: 30 },
      rotateImmediately: false,
    });
    expect(rotation.dependsOn).toEqual([
      "Permission secrets-manager",
      "RandomPassword route",
      "RandomPassword secret",
      "SecurityGroupEgressRule redis-rotation-to-internet",
      "SecurityGroupEgressRule redis-rotation-to-redis",
      "SecurityGroupIngressRule redis-from-redis-rotation",
    ]);
  });

  it("tells the function's name", () => {
    const component = only(recorded, "tap:cache:RedisRotation");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({ functionName: "redis-rotation-pr-7" });
  });
});
