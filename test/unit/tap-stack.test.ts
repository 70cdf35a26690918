import "./mocked-bundle";
import { accountId, isolated, recordProgram } from "./program";
import { all, counts, only, type Recorded } from "./recorder";

/** What `TapStack` wires together, seen at the inputs where it arrives. */
describe("TapStack", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await recordProgram();
  });

  const input = (type: string, name: string, key: string) => only(recorded, type, name).inputs[key];

  it("is these components", () => {
    const components = recorded.filter(({ type }) => type.startsWith("tap:"));
    expect(components.map(({ type, name, parent }) => `${parent} > ${type} ${name}`).sort()).toEqual([
      "Stack tap-dev > tap:api:ApiGatewayAccount api-gateway-account",
      "Stack tap-dev > tap:stack:TapStack tap",
      "TapStack tap > tap:analytics:Ecs ecs",
      "TapStack tap > tap:api:ApiGateway api-gateway",
      "TapStack tap > tap:api:WebAcl web-acl",
      "TapStack tap > tap:cache:Redis redis",
      "TapStack tap > tap:cache:RedisRotation redis-rotation",
      "TapStack tap > tap:database:DatabaseRotation database-rotation",
      "TapStack tap > tap:database:Rds rds",
      "TapStack tap > tap:database:SchemaMigration schema-migration",
      "TapStack tap > tap:identity:UserPool user-pool",
      "TapStack tap > tap:network:Vpc vpc",
      "TapStack tap > tap:operations:Monitoring monitoring",
      "TapStack tap > tap:security:Kms kms",
      "TapStack tap > tap:security:Secrets secrets",
      "TapStack tap > tap:service:RecordsOperations records-operations",
      "TapStack tap > tap:service:RecordsService records-service",
    ]);
  });

  it("has no resource of its own: each belongs to a component", () => {
    const resources = recorded.filter(({ type }) => !/^(tap|pulumi):/.test(type));
    expect(resources.filter(({ parent }) => /^(Stack|TapStack) /.test(parent))).toEqual([]);
  });

  it("passes no arguments on to the state: components have no inputs", () => {
    const components = recorded.filter(({ type }) => type.startsWith("tap:"));
    expect(components.filter(({ inputs }) => Object.keys(inputs).length > 0)).toEqual([]);
  });

  it("tells what the program tells", () => {
    expect(only(recorded, "tap:stack:TapStack").outputs).toEqual(only(recorded, "pulumi:pulumi:Stack").outputs);
  });

  it("is made of these resources and no others", () => {
    expect(counts(recorded)).toEqual({
      "aws:apigateway/account:Account": 1,
      "aws:apigateway/deployment:Deployment": 1,
      "aws:apigateway/methodSettings:MethodSettings": 1,
      "aws:apigateway/restApi:RestApi": 1,
      "aws:apigateway/stage:Stage": 1,
      "aws:apigateway/usagePlan:UsagePlan": 1,
      "aws:appautoscaling/policy:Policy": 1,
      "aws:appautoscaling/target:Target": 1,
      "aws:cloudwatch/compositeAlarm:CompositeAlarm": 8,
      "aws:cloudwatch/dashboard:Dashboard": 1,
      "aws:cloudwatch/eventRule:EventRule": 3,
      "aws:cloudwatch/eventTarget:EventTarget": 2,
      "aws:cloudwatch/logGroup:LogGroup": 16,
      "aws:cloudwatch/logMetricFilter:LogMetricFilter": 1,
      "aws:cloudwatch/metricAlarm:MetricAlarm": 40,
      "aws:cloudwatch/queryDefinition:QueryDefinition": 6,
      "aws:cognito/resourceServer:ResourceServer": 2,
      "aws:cognito/riskConfiguration:RiskConfiguration": 1,
      "aws:cognito/userPool:UserPool": 1,
      "aws:cognito/userPoolClient:UserPoolClient": 1,
      "aws:cognito/userPoolDomain:UserPoolDomain": 1,
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
      "aws:ec2/eip:Eip": 1,
      "aws:ec2/flowLog:FlowLog": 1,
      "aws:ec2/internetGateway:InternetGateway": 1,
      "aws:ec2/natGateway:NatGateway": 1,
      "aws:ec2/route:Route": 3,
      "aws:ec2/routeTable:RouteTable": 4,
      "aws:ec2/routeTableAssociation:RouteTableAssociation": 6,
      "aws:ec2/securityGroup:SecurityGroup": 8,
      "aws:ec2/subnet:Subnet": 6,
      "aws:ec2/vpc:Vpc": 1,
      "aws:ec2/vpcEndpoint:VpcEndpoint": 1,
      "aws:ecs/cluster:Cluster": 1,
      "aws:ecs/service:Service": 1,
      "aws:ecs/taskDefinition:TaskDefinition": 1,
      "aws:elasticache/parameterGroup:ParameterGroup": 1,
      "aws:elasticache/replicationGroup:ReplicationGroup": 1,
      "aws:elasticache/subnetGroup:SubnetGroup": 1,
      "aws:iam/policy:Policy": 9,
      "aws:iam/role:Role": 10,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 10,
      "aws:kms/alias:Alias": 5,
      "aws:kms/key:Key": 5,
      "aws:lambda/function:Function": 5,
      "aws:lambda/invocation:Invocation": 1,
      "aws:lambda/permission:Permission": 5,
      "aws:rds/instance:Instance": 1,
      "aws:rds/parameterGroup:ParameterGroup": 1,
      "aws:rds/subnetGroup:SubnetGroup": 1,
      "aws:secretsmanager/secret:Secret": 2,
      "aws:secretsmanager/secretPolicy:SecretPolicy": 2,
      "aws:secretsmanager/secretRotation:SecretRotation": 2,
      "aws:secretsmanager/secretVersion:SecretVersion": 1,
      "aws:sns/topic:Topic": 1,
      "aws:sns/topicPolicy:TopicPolicy": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 16,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 9,
      "aws:wafv2/webAcl:WebAcl": 1,
      "aws:wafv2/webAclAssociation:WebAclAssociation": 1,
      "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": 1,
      "random:index/randomPassword:RandomPassword": 1,
    });
  });

  it("waits for AWS longer than the provider would, where AWS may need it", () => {
    const patient = recorded.filter(({ customTimeouts }) => Object.keys(customTimeouts).length > 0);
    const timeouts = patient.map(({ type, name, customTimeouts }) => [`${type.split(":")[2]} ${name}`, customTimeouts]);
    expect(Object.fromEntries(timeouts)).toEqual({
      "Eip nat-1": { delete: "15m" },
      "Instance postgres": { update: "4h" },
      "ReplicationGroup redis": { update: "2h" },
      "SecurityGroup database-rotation": { delete: "60m" },
      "SecurityGroup records-operations": { delete: "60m" },
      "SecurityGroup records-service": { delete: "60m" },
      "SecurityGroup redis-rotation": { delete: "60m" },
      "SecurityGroup schema-migration": { delete: "60m" },
      "Service analytics": { delete: "30m" },
      "Subnet private-1": { delete: "60m" },
      "Subnet private-2": { delete: "60m" },
    });
  });

  it("encrypts each domain with its own key", () => {
    expect(input("aws:rds/instance:Instance", "postgres", "kmsKeyId")).toBe("arn:Key-database");
    expect(input("aws:rds/instance:Instance", "postgres", "performanceInsightsKmsKeyId")).toBe("arn:Key-database");
    expect(input("aws:rds/instance:Instance", "postgres", "masterUserSecretKmsKeyId")).toBe("arn:Key-secrets");
    expect(input("aws:elasticache/replicationGroup:ReplicationGroup", "redis", "kmsKeyId")).toBe("arn:Key-cache");
    expect(input("aws:secretsmanager/secret:Secret", "redis-auth", "kmsKeyId")).toBe("arn:Key-secrets");
  });

  it("puts the data stores into the data subnets, functions and tasks into the private ones", () => {
    const data = ["Subnet-data-1", "Subnet-data-2"];
    const privateSubnets = ["Subnet-private-1", "Subnet-private-2"];
    expect(input("aws:rds/subnetGroup:SubnetGroup", "postgres", "subnetIds")).toEqual(data);
    expect(input("aws:elasticache/subnetGroup:SubnetGroup", "redis", "subnetIds")).toEqual(data);
    for (const { inputs } of all(recorded, "aws:lambda/function:Function")) {
      expect(inputs.vpcConfig).toMatchObject({ subnetIds: privateSubnets });
    }
    expect(input("aws:ecs/service:Service", "analytics", "networkConfiguration")).toMatchObject({
      subnets: privateSubnets,
    });
  });

  it("runs each function in a group and with a log of its own, once its role may do its work", () => {
    for (const { name, inputs, dependsOn } of all(recorded, "aws:lambda/function:Function")) {
      expect(inputs).toMatchObject({
        architectures: ["arm64"],
        handler: "index.handler",
        loggingConfig: { logGroup: `/aws/lambda/${name}-dev` },
        replaceSecurityGroupsOnDestroy: true,
      });
      expect(dependsOn).toContain(`RolePolicyAttachment ${name}`);
      expect(only(recorded, "aws:ec2/securityGroup:SecurityGroup", name).inputs).toMatchObject({
        vpcId: "Vpc-vpc",
        revokeRulesOnDelete: true,
      });
    }
  });

  it("has a standby database unless told otherwise", () => {
    expect(input("aws:rds/instance:Instance", "postgres", "multiAz")).toBe(true);
  });

  it("starts Redis with the generated token", () => {
    const { inputs, secretInputs } = only(recorded, "aws:elasticache/replicationGroup:ReplicationGroup");
    expect(inputs.authToken).toBe("generated redis-auth-token");
    expect(secretInputs).toEqual(["authToken"]);
  });

  it("tells the service where its data stores are and which secrets log in", () => {
    expect(input("aws:lambda/function:Function", "records-service", "environment")).toEqual({
      variables: {
        ENVIRONMENT: "dev",
        AUDIT_LOG_GROUP: "audit-dev",
        DATABASE_HOST: "postgres.database.example",
        DATABASE_PORT: "5432",
        DATABASE_NAME: "records",
        DATABASE_SECRET_ARN: "arn:Secret-records-database",
        REDIS_HOST: "redis.cache.example",
        REDIS_PORT: "6379",
        REDIS_SECRET_ARN: "arn:Secret-redis-auth",
        USER_POOL_ID: "UserPool-users",
        USER_POOL_CLIENT_ID: "UserPoolClient-app",
        TOKEN_VERIFICATION: "keys",
        SESSION_IDLE_SECONDS: "900",
        SESSION_ABSOLUTE_SECONDS: "43200",
        SESSION_REQUESTS_PER_MINUTE: "300",
        CACHE_SECONDS: "300",
        NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
      },
    });
  });

  it("migrates this database, as its master, before the service's code changes", () => {
    expect(input("aws:lambda/function:Function", "schema-migration", "environment")).toEqual({
      variables: {
        DATABASE_PORT: "5432",
        DATABASE_NAME: "records",
        SERVICE_SECRET_ARN: "arn:Secret-records-database",
        NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
      },
    });
    expect(JSON.parse(input("aws:lambda/invocation:Invocation", "migrate", "input") as string)).toEqual({
      DATABASE_HOST: "postgres.database.example",
      DATABASE_SECRET_ARN: "arn:master-secret:postgres",
    });
    expect(input("aws:lambda/invocation:Invocation", "migrate", "triggers")).toMatchObject({
      database: "db-postgres",
      serviceSecret: "arn:Secret-records-database",
    });
    expect(only(recorded, "aws:lambda/function:Function", "records-service").dependsOn).toContain("Invocation migrate");
  });

  it("rotates the token of this Redis in this secret", () => {
    expect(input("aws:lambda/function:Function", "redis-rotation", "environment")).toEqual({
      variables: {
        REPLICATION_GROUP_ID: "ReplicationGroup-redis",
        REDIS_HOST: "redis.cache.example",
        REDIS_PORT: "6379",
        NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
      },
    });
    const rotation = only(recorded, "aws:secretsmanager/secretRotation:SecretRotation", "redis-auth");
    expect(rotation.inputs).toMatchObject({
      secretId: "arn:Secret-redis-auth",
      rotationLambdaArn: "arn:Function-redis-rotation",
    });
  });

  it("rotates the service's login in this database, as its master, once the migration has given it the first", () => {
    expect(input("aws:lambda/function:Function", "database-rotation", "environment")).toEqual({
      variables: {
        DATABASE_HOST: "postgres.database.example",
        DATABASE_PORT: "5432",
        DATABASE_NAME: "records",
        DATABASE_SECRET_ARN: "arn:master-secret:postgres",
        NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
      },
    });
    expect(input("aws:secretsmanager/secretRotation:SecretRotation", "records-database", "secretId")).toBe(
      "arn:Secret-records-database",
    );
    expect(only(recorded, "aws:lambda/function:Function", "database-rotation").dependsOn).toContain(
      "Invocation migrate",
    );
  });

  it("delivers the service's audit log into the same database, with the service's login", () => {
    expect(input("aws:lambda/function:Function", "records-operations", "environment")).toEqual({
      variables: {
        ENVIRONMENT: "dev",
        AUDIT_LOG_GROUP: "audit-dev",
        DATABASE_HOST: "postgres.database.example",
        DATABASE_PORT: "5432",
        DATABASE_NAME: "records",
        DATABASE_SECRET_ARN: "arn:Secret-records-database",
        REDIS_HOST: "redis.cache.example",
        REDIS_PORT: "6379",
        REDIS_SECRET_ARN: "arn:Secret-redis-auth",
        SESSION_ABSOLUTE_SECONDS: "43200",
        NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
      },
    });
    expect(only(recorded, "aws:lambda/function:Function", "records-operations").dependsOn).toContain(
      "Invocation migrate",
    );
  });

  it("calls the service from the API, behind its users and the firewall", () => {
    const body = String(input("aws:apigateway/restApi:RestApi", "records", "body"));
    expect(body).toContain(
      '"uri":"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:records-service-dev/invocations"',
    );
    expect(body).toContain('"providerARNs":["arn:UserPool-users"]');
    expect(only(recorded, "aws:apigateway/deployment:Deployment").dependsOn).toEqual(["Function records-service"]);
    expect(input("aws:lambda/permission:Permission", "api-gateway", "function")).toBe("records-service-dev");
    expect(input("aws:wafv2/webAclAssociation:WebAclAssociation", "records", "resourceArn")).toBe("arn:Stage-records");
  });

  it("tells the tasks where the data stores are", () => {
    const definitions = String(input("aws:ecs/taskDefinition:TaskDefinition", "analytics", "containerDefinitions"));
    expect(JSON.parse(definitions)).toMatchObject([
      {
        environment: [
          { name: "DATABASE_ENDPOINT", value: "postgres.database.example" },
          { name: "DATABASE_NAME", value: "records" },
          { name: "DATABASE_PORT", value: "5432" },
          { name: "DATABASE_USER", value: "analytics" },
          { name: "ENVIRONMENT", value: "dev" },
          { name: "REDIS_ENDPOINT", value: "redis.cache.example" },
          { name: "REDIS_PORT", value: "6379" },
        ],
        secrets: [{ name: "REDIS_AUTH_TOKEN", valueFrom: "arn:Secret-redis-auth" }],
      },
    ]);
  });
});

describe("every setting arrives where it belongs", () => {
  const analyticsImage = `${accountId}.dkr.ecr.eu-central-1.amazonaws.com/analytics:1`;
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await recordProgram({
      ...isolated,
      analyticsImage,
      environmentSuffix: "pr-7",
      region: "eu-central-1",
      vpcCidr: "172.20.0.0/17",
      availabilityZoneCount: "3",
      logRetentionDays: "365",
      auditRetentionDays: "3653",
      databaseInstanceClass: "db.m7g.large",
      databaseEngineVersion: "16.4",
      databaseAllocatedStorage: "50",
      databaseMaxAllocatedStorage: "500",
      databaseMultiAz: "false",
      databaseBackupRetentionDays: "33",
      databasePasswordRotationDays: "21",
      redisNodeType: "cache.m7g.large",
      redisEngineVersion: "7.0",
      redisNodeCount: "4",
      redisTokenRotationDays: "14",
      apiRateLimit: "70",
      apiBurstLimit: "140",
      wafRateLimit: "3000",
      threatProtection: "audit",
      signInCallbackUrls: '["https://records.example/callback"]',
      sessionIdleMinutes: "30",
      sessionAbsoluteHours: "8",
      sessionRequestsPerMinute: "60",
      cacheSeconds: "0",
      serviceMemory: "1024",
      serviceConcurrency: "50",
      analyticsCpu: "1024",
      analyticsMemory: "4096",
      analyticsMinimumTasks: "2",
      analyticsMaximumTasks: "9",
      analyticsLogRetentionDays: "14",
    });
  });

  it.each<[string, string, string, object]>([
    ["region", "pulumi:providers:aws", "aws", { region: "eu-central-1" }],
    ["region, of S3", "aws:ec2/vpcEndpoint:VpcEndpoint", "s3", { serviceName: "com.amazonaws.eu-central-1.s3" }],
    ["vpcCidr", "aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "172.20.0.0/17" }],
    ["availabilityZoneCount", "aws:ec2/subnet:Subnet", "data-3", { availabilityZoneId: "euw1-az3" }],
    ["logRetentionDays", "aws:cloudwatch/logGroup:LogGroup", "access", { retentionInDays: 365 }],
    ["auditRetentionDays", "aws:cloudwatch/logGroup:LogGroup", "audit", { retentionInDays: 3653 }],
    ["analyticsLogRetentionDays", "aws:cloudwatch/logGroup:LogGroup", "tasks", { retentionInDays: 14 }],
    [
      "database…",
      "aws:rds/instance:Instance",
      "postgres",
      {
        instanceClass: "db.m7g.large",
        engineVersion: "16.4",
        allocatedStorage: 50,
        maxAllocatedStorage: 500,
        multiAz: false,
        backupRetentionPeriod: 33,
      },
    ],
    [
      "redis…",
      "aws:elasticache/replicationGroup:ReplicationGroup",
      "redis",
      { nodeType: "cache.m7g.large", engineVersion: "7.0", numCacheClusters: 4 },
    ],
    [
      "redisTokenRotationDays",
      "aws:secretsmanager/secretRotation:SecretRotation",
      "redis-auth",
      { rotationRules: { automaticallyAfterDays: 14 } },
    ],
    [
      "databasePasswordRotationDays",
      "aws:secretsmanager/secretRotation:SecretRotation",
      "records-database",
      { rotationRules: { automaticallyAfterDays: 21 } },
    ],
    [
      "apiRateLimit and apiBurstLimit",
      "aws:apigateway/methodSettings:MethodSettings",
      "all",
      { settings: { throttlingRateLimit: 70, throttlingBurstLimit: 140 } },
    ],
    [
      "wafRateLimit",
      "aws:wafv2/webAcl:WebAcl",
      "records",
      { rules: expect.arrayContaining([expect.objectContaining(rateRule(3000))]) as object[] },
    ],
    [
      "threatProtection",
      "aws:cognito/userPool:UserPool",
      "users",
      { userPoolAddOns: { advancedSecurityMode: "AUDIT" } },
    ],
    [
      "signInCallbackUrls",
      "aws:cognito/userPoolClient:UserPoolClient",
      "app",
      { callbackUrls: ["https://records.example/callback"] },
    ],
    [
      "serviceMemory and serviceConcurrency",
      "aws:lambda/function:Function",
      "records-service",
      { memorySize: 1024, reservedConcurrentExecutions: 50 },
    ],
    [
      "session… and cacheSeconds",
      "aws:lambda/function:Function",
      "records-service",
      {
        environment: {
          variables: expect.objectContaining({
            SESSION_IDLE_SECONDS: "1800",
            SESSION_ABSOLUTE_SECONDS: "28800",
            SESSION_REQUESTS_PER_MINUTE: "60",
            CACHE_SECONDS: "0",
          }) as object,
        },
      },
    ],
    [
      "sessionAbsoluteHours, for who ends sessions",
      "aws:lambda/function:Function",
      "records-operations",
      { environment: { variables: expect.objectContaining({ SESSION_ABSOLUTE_SECONDS: "28800" }) as object } },
    ],
    [
      "analyticsCpu and analyticsMemory",
      "aws:ecs/taskDefinition:TaskDefinition",
      "analytics",
      { cpu: "1024", memory: "4096" },
    ],
    ["analyticsMinimumTasks", "aws:ecs/service:Service", "analytics", { desiredCount: 2 }],
    [
      "analyticsMinimumTasks and analyticsMaximumTasks",
      "aws:appautoscaling/target:Target",
      "analytics",
      { minCapacity: 2, maxCapacity: 9 },
    ],
  ])("%s", (_, type, name, inputs) => {
    expect(only(recorded, type, name).inputs).toMatchObject(inputs);
  });

  it("natStrategy and interfaceEndpoints", () => {
    expect(all(recorded, "aws:ec2/natGateway:NatGateway")).toEqual([]);
    expect(all(recorded, "aws:ec2/vpcEndpoint:VpcEndpoint").map(({ name }) => name)).toEqual([
      "ecr.api",
      "ecr.dkr",
      "elasticache",
      "kms",
      "logs",
      "s3",
      "secretsmanager",
      "xray",
    ]);
    expect(only(recorded, "aws:lambda/function:Function", "records-service").inputs.environment).toMatchObject({
      variables: { TOKEN_VERIFICATION: "gateway" },
    });
  });

  it("analyticsImage", () => {
    const { containerDefinitions } = only(recorded, "aws:ecs/taskDefinition:TaskDefinition").inputs;
    expect(JSON.parse(containerDefinitions as string)).toMatchObject([{ image: analyticsImage }]);
  });

  it("logRetentionDays, for every log but the audit log and the tasks'", () => {
    const days = all(recorded, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs.retentionInDays);
    expect(days.filter((retention) => retention === 365)).toHaveLength(14);
    expect(days.filter((retention) => retention !== 365).sort()).toEqual([14, 3653]);
  });
});

function rateRule(limit: number) {
  return { statement: { rateBasedStatement: { limit, aggregateKeyType: "IP", evaluationWindowSec: 300 } } };
}
