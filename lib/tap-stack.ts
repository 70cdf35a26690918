import * as pulumi from "@pulumi/pulumi";
import { ApiGateway } from "./api-gateway";
import { AuditTrail } from "./audit-trail";
import { type EnvironmentConfig } from "./config";
import { type DataLossGuard } from "./data-loss";
import { DatabaseRotation } from "./database-rotation";
import { Ecs } from "./ecs";
import { type Environment } from "./environment";
import { Kms } from "./kms";
import { Rds } from "./rds";
import { RecordsOperations } from "./records-operations";
import { RecordsService } from "./records-service";
import { Monitoring } from "./monitoring";
import { Redis } from "./redis";
import { RedisRotation } from "./redis-rotation";
import { SchemaMigration } from "./schema-migration";
import { Secrets } from "./secrets";
import { UserPool } from "./user-pool";
import { Vpc } from "./vpc";
import { WebAcl } from "./web-acl";

export interface TapStackArgs {
  config: EnvironmentConfig;
  /** Twelve digits. */
  accountId: string;
  partition: string;
  /** As many zones, by id, as the configuration asks for. */
  availabilityZoneIds: string[];
  /** API Gateway's permission to write logs, which belongs to the account. */
  apiGatewayAccountReady: pulumi.Resource;
  dataLoss: DataLossGuard;
}

/** The whole environment: creates the components and wires them. */
export class TapStack extends pulumi.ComponentResource {
  readonly outputs: TapStackOutputs;

  constructor(name: string, args: TapStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tap:stack:TapStack", name, {}, opts);
    const { config, accountId, partition, availabilityZoneIds, apiGatewayAccountReady, dataLoss } = args;
    const { environmentSuffix, region } = config;
    const permissionsBoundary = config.permissionsBoundary || undefined;
    const environment: Environment = { environmentSuffix, region, accountId, partition, permissionsBoundary };
    const parent = { parent: this };

    const kms = new Kms("kms", environment, dataLoss, parent);
    const logs = { logsKeyArn: kms.keyArns.logs, retentionInDays: config.logRetentionDays };
    const vpc = new Vpc(
      "vpc",
      {
        environment,
        cidr: config.vpcCidr,
        availabilityZoneIds,
        natStrategy: config.natStrategy,
        interfaceEndpoints: config.interfaceEndpoints,
        logs,
      },
      parent,
    );
    const secrets = new Secrets("secrets", { environment, secretsKeyArn: kms.keyArns.secrets }, parent);
    const rds = new Rds(
      "rds",
      {
        environment,
        vpcId: vpc.vpcId,
        dataSubnetIds: vpc.dataSubnetIds,
        instanceClass: config.databaseInstanceClass,
        engineVersion: config.databaseEngineVersion,
        allocatedStorage: config.databaseAllocatedStorage,
        maxAllocatedStorage: config.databaseMaxAllocatedStorage,
        multiAz: config.databaseMultiAz,
        backupRetentionDays: config.databaseBackupRetentionDays,
        databaseKeyArn: kms.keyArns.database,
        secretsKeyArn: kms.keyArns.secrets,
        logs,
        dataLoss,
      },
      parent,
    );
    const redis = new Redis(
      "redis",
      {
        environment,
        vpcId: vpc.vpcId,
        dataSubnetIds: vpc.dataSubnetIds,
        nodeType: config.redisNodeType,
        engineVersion: config.redisEngineVersion,
        nodeCount: config.redisNodeCount,
        initialAuthToken: secrets.initialRedisAuthToken,
        cacheKeyArn: kms.keyArns.cache,
        logs,
        dataLoss,
      },
      parent,
    );
    const network = {
      vpcId: vpc.vpcId,
      privateSubnetIds: vpc.privateSubnetIds,
      defaultSecurityGroupId: vpc.defaultSecurityGroupId,
      awsAccess: vpc.awsAccess,
      pathsToAws: vpc.pathsToAws,
    };
    const redisStore = {
      host: redis.primaryEndpoint,
      port: redis.port,
      securityGroupId: redis.securityGroupId,
      secretArn: secrets.redisAuthSecretArn,
    };
    const redisRotation = new RedisRotation(
      "redis-rotation",
      {
        environment,
        network,
        redis: { ...redisStore, replicationGroupId: redis.replicationGroupId },
        secretArn: secrets.redisAuthSecretArn,
        secretReady: secrets.redisAuthSecretReady,
        secretsKeyArn: kms.keyArns.secrets,
        rotationDays: config.redisTokenRotationDays,
        logs,
      },
      parent,
    );
    const database = {
      host: rds.endpoint,
      port: rds.port,
      name: rds.databaseName,
      securityGroupId: rds.securityGroupId,
      resourceId: rds.resourceId,
    };
    const migration = new SchemaMigration(
      "schema-migration",
      {
        environment,
        network,
        database: { ...database, secretArn: rds.masterSecretArn },
        serviceSecret: { arn: secrets.recordsDatabaseSecretArn, ready: secrets.recordsDatabaseSecretReady },
        secretsKeyArn: kms.keyArns.secrets,
        logs,
      },
      parent,
    );
    const userPool = new UserPool(
      "user-pool",
      { environment, threatProtection: config.threatProtection, callbackUrls: config.signInCallbackUrls, dataLoss },
      parent,
    );
    const service = new RecordsService(
      "records-service",
      {
        environment,
        network,
        database: { ...database, secretArn: secrets.recordsDatabaseSecretArn },
        redis: redisStore,
        secretsKeyArn: kms.keyArns.secrets,
        userPool,
        session: {
          idleMinutes: config.sessionIdleMinutes,
          absoluteHours: config.sessionAbsoluteHours,
          requestsPerMinute: config.sessionRequestsPerMinute,
        },
        cacheSeconds: config.cacheSeconds,
        schema: migration.done,
        memory: config.serviceMemory,
        concurrency: config.serviceConcurrency,
        logs,
        auditLogs: { ...logs, retentionInDays: config.auditRetentionDays },
        dataLoss,
      },
      parent,
    );
    const databaseRotation = new DatabaseRotation(
      "database-rotation",
      {
        environment,
        network,
        database: { ...database, secretArn: rds.masterSecretArn },
        secretArn: secrets.recordsDatabaseSecretArn,
        schema: migration.done,
        secretsKeyArn: kms.keyArns.secrets,
        rotationDays: config.databasePasswordRotationDays,
        logs,
      },
      parent,
    );
    const operations = new RecordsOperations(
      "records-operations",
      {
        environment,
        network,
        database: { ...database, secretArn: secrets.recordsDatabaseSecretArn },
        redis: redisStore,
        secretsKeyArn: kms.keyArns.secrets,
        auditLogGroup: service.auditLogGroup,
        sessionAbsoluteHours: config.sessionAbsoluteHours,
        schema: migration.done,
        logs,
      },
      parent,
    );
    const api = new ApiGateway(
      "api-gateway",
      {
        environment,
        service,
        userPoolArn: userPool.arn,
        rateLimit: config.apiRateLimit,
        burstLimit: config.apiBurstLimit,
        logs,
        accountReady: apiGatewayAccountReady,
      },
      parent,
    );
    new WebAcl("web-acl", { environment, stageArn: api.stageArn, rateLimit: config.wafRateLimit, logs }, parent);
    const ecs = new Ecs(
      "ecs",
      {
        environment,
        network,
        database,
        redis: redisStore,
        secretsKeyArn: kms.keyArns.secrets,
        image: config.analyticsImage,
        cpu: config.analyticsCpu,
        memory: config.analyticsMemory,
        minimumTasks: config.analyticsMinimumTasks,
        maximumTasks: config.analyticsMaximumTasks,
        taskLogs: { ...logs, retentionInDays: config.analyticsLogRetentionDays },
        logs,
      },
      parent,
    );

    const trail =
      config.auditTrail &&
      new AuditTrail(
        "audit-trail",
        { environment, retentionInDays: config.auditRetentionDays, logs, dataLoss },
        parent,
      );
    const monitoring = new Monitoring(
      "monitoring",
      {
        environment,
        alertsKeyArn: kms.keyArns.alerts,
        alarmEmails: config.alarmEmails,
        accessLogGroupName: api.accessLogGroupName,
        auditLogGroupName: service.auditLogGroup.name,
        trailLogGroupName: trail ? trail.logGroupName : undefined,
        functionTimeouts: {
          "records-service": service.timeout,
          "records-operations": operations.timeout,
          "schema-migration": migration.timeout,
          "database-rotation": databaseRotation.timeout,
          "redis-rotation": redisRotation.timeout,
        },
        serviceConcurrency: config.serviceConcurrency,
        apiRateLimit: config.apiRateLimit,
        wafRateLimit: config.wafRateLimit,
        database: { instanceClass: config.databaseInstanceClass, allocatedStorage: config.databaseAllocatedStorage },
        redisNodeCount: config.redisNodeCount,
        natGatewayIds: vpc.natGatewayIds,
        analyticsMinimumTasks: config.analyticsMinimumTasks,
      },
      parent,
    );

    this.outputs = {
      environmentSuffix,
      region,
      vpcId: vpc.vpcId,
      publicSubnetIds: vpc.publicSubnetIds,
      privateSubnetIds: vpc.privateSubnetIds,
      dataSubnetIds: vpc.dataSubnetIds,
      kmsKeyArns: kms.keyArns,
      redisPrimaryEndpoint: redis.primaryEndpoint,
      redisPort: redis.port,
      redisAuthSecretArn: secrets.redisAuthSecretArn,
      databaseEndpoint: rds.endpoint,
      databasePort: rds.port,
      databaseName: rds.databaseName,
      databaseSecretArn: rds.masterSecretArn,
      apiUrl: api.url,
      apiId: api.apiId,
      userPoolId: userPool.id,
      userPoolClientId: userPool.clientId,
      ecsClusterName: ecs.clusterName,
      ecsTaskDefinitionArn: ecs.taskDefinitionArn,
      auditLogGroupName: service.auditLogGroup.name,
      ...(trail ? { auditTrailBucketName: trail.bucketName } : {}),
      operationsFunctionName: operations.functionName,
      alarmTopicArn: monitoring.topicArn,
      dashboardUrl: monitoring.dashboardUrl,
    };
    this.registerOutputs(this.outputs);
  }
}

/** What a stack tells its users; none of it is a secret's value. */
export interface TapStackOutputs extends Record<string, pulumi.Input<unknown>> {
  environmentSuffix: string;
  region: string;
  vpcId: pulumi.Output<string>;
  publicSubnetIds: pulumi.Output<string>[];
  privateSubnetIds: pulumi.Output<string>[];
  dataSubnetIds: pulumi.Output<string>[];
  kmsKeyArns: Kms["keyArns"];
  redisPrimaryEndpoint: pulumi.Output<string>;
  redisPort: number;
  redisAuthSecretArn: pulumi.Output<string>;
  databaseEndpoint: pulumi.Output<string>;
  databasePort: number;
  databaseName: string;
  databaseSecretArn: pulumi.Output<string>;
  apiUrl: pulumi.Output<string>;
  apiId: pulumi.Output<string>;
  userPoolId: pulumi.Output<string>;
  userPoolClientId: pulumi.Output<string>;
  ecsClusterName: pulumi.Output<string>;
  ecsTaskDefinitionArn: pulumi.Output<string>;
  auditLogGroupName: pulumi.Output<string>;
  /** Only where there is a trail. */
  auditTrailBucketName?: pulumi.Output<string>;
  operationsFunctionName: pulumi.Output<string>;
  alarmTopicArn: pulumi.Output<string>;
  dashboardUrl: pulumi.Output<string>;
}
