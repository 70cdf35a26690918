import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type DataLossGuard } from "./data-loss";
import { type Environment } from "./environment";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { phiTags, resourceName } from "./naming";
import { createSecurityGroup } from "./security-groups";

export interface RedisArgs {
  environment: Environment;
  vpcId: pulumi.Input<string>;
  /** Isolated subnets in at least two zones. */
  dataSubnetIds: pulumi.Input<string>[];
  /** ElastiCache node type, such as cache.t4g.micro. */
  nodeType: string;
  /** In the form 7.1. */
  engineVersion: string;
  /** A primary and its replicas: 2 to 6. */
  nodeCount: number;
  /** Token that the group starts with; a secret. */
  initialAuthToken: pulumi.Output<string>;
  /** Key for data at rest and snapshots. */
  cacheKeyArn: pulumi.Input<string>;
  /** For the slow log and the engine log. */
  logs: LogGroupsArgs;
  dataLoss: DataLossGuard;
}

const port = 6379;

const snapshotRetentionDays = 5;

/**
 * Redis for sessions and cached reads: encrypted in transit and at rest, AUTH token, two zones with automatic failover
 * (45 CFR 164.312(a)(2)(iv), (e)(2)(ii); FSBP ElastiCache.1 to .7). Who may connect is decided by the clients, which add rules to
 * `securityGroupId`. Not a system of record: what is in it can be lost.
 */
export class Redis extends pulumi.ComponentResource {
  readonly replicationGroupId: pulumi.Output<string>;
  readonly primaryEndpoint: pulumi.Output<string>;
  readonly port = port;
  /** Admits nobody until a client adds a rule. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: RedisArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:cache:Redis", name, {}, opts);

    const securityGroup = this.createSecurityGroup();
    const replicationGroup = this.createReplicationGroup(
      this.createSubnetGroup(),
      this.createParameterGroup(),
      securityGroup,
      this.createLogDelivery(),
    );
    this.replicationGroupId = replicationGroup.id;
    this.primaryEndpoint = replicationGroup.primaryEndpointAddress;
    this.securityGroupId = securityGroup.id;

    this.registerOutputs({
      replicationGroupId: this.replicationGroupId,
      primaryEndpoint: this.primaryEndpoint,
      port: this.port,
      securityGroupId: this.securityGroupId,
    });
  }

  private createSecurityGroup() {
    return createSecurityGroup(this, "redis", {
      type: "redis",
      environmentSuffix: this.args.environment.environmentSuffix,
      vpcId: this.args.vpcId,
      description: "Redis",
    });
  }

  private createSubnetGroup() {
    const name = this.name("redis-subnets");
    return new aws.elasticache.SubnetGroup(
      "redis",
      {
        name,
        description: "Isolated subnets for Redis",
        subnetIds: this.args.dataSubnetIds,
      },
      // A replication group cannot move to another one.
      { parent: this, ...this.args.dataLoss.optionsFor("cache", name) },
    );
  }

  private createParameterGroup() {
    return new aws.elasticache.ParameterGroup(
      "redis",
      {
        name: this.name("redis-parameters"),
        description: "Sessions and cached reads",
        family: `redis${this.args.engineVersion.split(".")[0]}`,
        // When memory runs out, what expires soonest goes first: cached reads live for minutes, sessions for longer.
        parameters: [{ name: "maxmemory-policy", value: "volatile-ttl" }],
      },
      { parent: this },
    );
  }

  private createLogDelivery() {
    const { logs } = this.args;
    return (["slow-log", "engine-log"] as const).map((logType) => ({
      logType,
      destinationType: "cloudwatch-logs",
      destination: createLogGroup(this, logType, this.name(`redis-${logType}`), logs).name,
      logFormat: "json",
    }));
  }

  private createReplicationGroup(
    subnetGroup: aws.elasticache.SubnetGroup,
    parameterGroup: aws.elasticache.ParameterGroup,
    securityGroup: aws.ec2.SecurityGroup,
    logDeliveryConfigurations: {
      logType: string;
      destinationType: string;
      destination: pulumi.Output<string>;
      logFormat: string;
    }[],
  ) {
    const { nodeType, engineVersion, nodeCount, initialAuthToken, cacheKeyArn, dataLoss } = this.args;
    const replicationGroupId = this.name("redis");
    return new aws.elasticache.ReplicationGroup(
      "redis",
      {
        replicationGroupId,
        description: "Sessions and cached reads",
        engine: "redis",
        engineVersion,
        nodeType,
        port,
        numCacheClusters: nodeCount,
        automaticFailoverEnabled: true,
        multiAzEnabled: true,
        subnetGroupName: subnetGroup.name,
        parameterGroupName: parameterGroup.name,
        securityGroupIds: [securityGroup.id],
        atRestEncryptionEnabled: true,
        kmsKeyId: cacheKeyArn,
        transitEncryptionEnabled: true,
        transitEncryptionMode: "required",
        authToken: initialAuthToken,
        logDeliveryConfigurations,
        snapshotRetentionLimit: snapshotRetentionDays,
        snapshotWindow: "02:00-03:00",
        maintenanceWindow: "sun:03:30-sun:04:30",
        autoMinorVersionUpgrade: true,
        applyImmediately: true,
        tags: phiTags,
      },
      {
        parent: this,
        // Rotation owns the token; the one in the state is the first one, which no longer works once rotated.
        ignoreChanges: ["authToken"],
        // Nodes are replaced one by one: the provider's 40 minutes are not enough for six.
        customTimeouts: { update: "2h" },
        ...dataLoss.optionsFor("cache", replicationGroupId),
      },
    );
  }

  private name(type: Parameters<typeof resourceName>[0]) {
    return resourceName(type, this.args.environment.environmentSuffix);
  }
}
