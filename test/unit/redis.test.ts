import * as pulumi from "@pulumi/pulumi";
import { Redis, type RedisArgs } from "../../lib/redis";
import { dataLoss, environment, logs } from "./fixtures";
import { all, counts, only, record, type Recorded } from "./recorder";

const deploy = (overrides: Partial<RedisArgs> = {}) =>
  record(
    () =>
      new Redis("redis", {
        environment,
        vpcId: "vpc-1",
        dataSubnetIds: ["subnet-1", "subnet-2"],
        nodeType: "cache.t4g.micro",
        engineVersion: "7.1",
        nodeCount: 2,
        initialAuthToken: pulumi.secret("the first token"),
        cacheKeyArn: "arn:cache-key",
        logs,
        dataLoss,
        ...overrides,
      }),
  );

describe("Redis", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy();
  });

  it("is one replication group with its subnets, parameters, security group and two logs", () => {
    expect(counts(recorded)).toEqual({
      "aws:elasticache/replicationGroup:ReplicationGroup": 1,
      "aws:elasticache/subnetGroup:SubnetGroup": 1,
      "aws:elasticache/parameterGroup:ParameterGroup": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:cloudwatch/logGroup:LogGroup": 2,
    });
  });

  it("requires TLS and AUTH, is encrypted with its key, and survives the loss of a zone", () => {
    expect(only(recorded, "aws:elasticache/replicationGroup:ReplicationGroup").inputs).toEqual({
      replicationGroupId: "redis-pr-7",
      description: "Sessions and cached reads",
      engine: "redis",
      engineVersion: "7.1",
      nodeType: "cache.t4g.micro",
      port: 6379,
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      subnetGroupName: "redis-subnets-pr-7",
      parameterGroupName: "redis-parameters-pr-7",
      securityGroupIds: ["SecurityGroup-redis"],
      atRestEncryptionEnabled: true,
      kmsKeyId: "arn:cache-key",
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      authToken: "the first token",
      logDeliveryConfigurations: [
        {
          logType: "slow-log",
          destinationType: "cloudwatch-logs",
          destination: "redis-slow-log-pr-7",
          logFormat: "json",
        },
        {
          logType: "engine-log",
          destinationType: "cloudwatch-logs",
          destination: "redis-engine-log-pr-7",
          logFormat: "json",
        },
      ],
      snapshotRetentionLimit: 5,
      snapshotWindow: "02:00-03:00",
      maintenanceWindow: "sun:03:30-sun:04:30",
      autoMinorVersionUpgrade: true,
      applyImmediately: true,
      tags: { DataClassification: "phi" },
    });
  });

  it("has the nodes, type and version that are asked for", async () => {
    const { inputs } = only(
      await deploy({ nodeCount: 3, nodeType: "cache.m7g.large", engineVersion: "7.0" }),
      "aws:elasticache/replicationGroup:ReplicationGroup",
    );
    expect(inputs).toMatchObject({ numCacheClusters: 3, nodeType: "cache.m7g.large", engineVersion: "7.0" });
  });

  it("keeps the token secret, and leaves it to rotation after the first one", () => {
    const group = only(recorded, "aws:elasticache/replicationGroup:ReplicationGroup");
    expect(group.secretInputs).toEqual(["authToken"]);
    expect(group.ignoreChanges).toEqual(["authToken"]);
  });

  it("stands in the isolated subnets", () => {
    expect(only(recorded, "aws:elasticache/subnetGroup:SubnetGroup").inputs).toEqual({
      name: "redis-subnets-pr-7",
      description: "Isolated subnets for Redis",
      subnetIds: ["subnet-1", "subnet-2"],
    });
  });

  it("drops what expires soonest when memory runs out", () => {
    expect(only(recorded, "aws:elasticache/parameterGroup:ParameterGroup").inputs).toEqual({
      name: "redis-parameters-pr-7",
      description: "Sessions and cached reads",
      family: "redis7",
      parameters: [{ name: "maxmemory-policy", value: "volatile-ttl" }],
    });
  });

  it("admits nobody by itself", () => {
    expect(only(recorded, "aws:ec2/securityGroup:SecurityGroup").inputs).toEqual({
      name: "redis-pr-7",
      vpcId: "vpc-1",
      description: "Redis",
      revokeRulesOnDelete: true,
      tags: { Name: "redis-pr-7" },
    });
  });

  it("delivers its logs to encrypted groups that expire", () => {
    expect(all(recorded, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs)).toEqual([
      { name: "redis-engine-log-pr-7", kmsKeyId: "arn:logs-key", retentionInDays: 30 },
      { name: "redis-slow-log-pr-7", kmsKeyId: "arn:logs-key", retentionInDays: 30 },
    ]);
  });

  it("tells where it is, and nothing secret", () => {
    const component = only(recorded, "tap:cache:Redis");
    expect(component.inputs).toEqual({});
    expect(component.secretOutputs).toEqual([]);
    expect(component.outputs).toEqual({
      replicationGroupId: "ReplicationGroup-redis",
      primaryEndpoint: "redis.cache.example",
      port: 6379,
      securityGroupId: "SecurityGroup-redis",
    });
  });
});
