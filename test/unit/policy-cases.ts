import type { PolicyResource } from "../../policy/rule";
import { at } from "../../policy/values";

type Values = Record<string, unknown>;

/** A change of the program's resources that violates a rule. */
export type Change = (resources: PolicyResource[]) => PolicyResource[];

const instance = "aws:rds/instance:Instance";
const parameterGroup = "aws:rds/parameterGroup:ParameterGroup";
const replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup";
const compositeAlarm = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const topic = "aws:sns/topic:Topic";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const secret = "aws:secretsmanager/secret:Secret";
const secretPolicy = "aws:secretsmanager/secretPolicy:SecretPolicy";
const secretRotation = "aws:secretsmanager/secretRotation:SecretRotation";
const secretVersion = "aws:secretsmanager/secretVersion:SecretVersion";
const randomPassword = "random:index/randomPassword:RandomPassword";
const key = "aws:kms/key:Key";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const vpc = "aws:ec2/vpc:Vpc";
const subnet = "aws:ec2/subnet:Subnet";
const eip = "aws:ec2/eip:Eip";
const natGateway = "aws:ec2/natGateway:NatGateway";
const defaultSecurityGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const securityGroup = "aws:ec2/securityGroup:SecurityGroup";
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const route = "aws:ec2/route:Route";
const routeTable = "aws:ec2/routeTable:RouteTable";
const association = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const flowLog = "aws:ec2/flowLog:FlowLog";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const restApi = "aws:apigateway/restApi:RestApi";
const stage = "aws:apigateway/stage:Stage";
const methodSettings = "aws:apigateway/methodSettings:MethodSettings";
const usagePlan = "aws:apigateway/usagePlan:UsagePlan";
const account = "aws:apigateway/account:Account";
const webAcl = "aws:wafv2/webAcl:WebAcl";
const webAclAssociation = "aws:wafv2/webAclAssociation:WebAclAssociation";
const webAclLogging = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";
const userPool = "aws:cognito/userPool:UserPool";
const riskConfiguration = "aws:cognito/riskConfiguration:RiskConfiguration";
const client = "aws:cognito/userPoolClient:UserPoolClient";
const lambda = "aws:lambda/function:Function";
const permission = "aws:lambda/permission:Permission";
const cluster = "aws:ecs/cluster:Cluster";
const service = "aws:ecs/service:Service";
const taskDefinition = "aws:ecs/taskDefinition:TaskDefinition";
const policy = "aws:iam/policy:Policy";
const role = "aws:iam/role:Role";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const provider = "pulumi:providers:aws";
const trail = "aws:cloudtrail/trail:Trail";
const bucket = "aws:s3/bucket:Bucket";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const bucketEncryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const bucketLifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const bucketOwnership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const publicAccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const bucketVersioning = "aws:s3/bucketVersioning:BucketVersioning";

const anyone = { Effect: "Allow", Principal: "*", Resource: "*" };
const statement = (Action: string, Resource: string, more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
/** A condition that makes a statement be about less. */
const forOne = { StringEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/somebody" } };
const alsoIf = (one: Values | undefined, Condition: object) => ({
  ...one,
  Condition: { ...(one?.Condition as object), ...Condition },
});
const expiry = { expiration: { days: 2192 }, noncurrentVersionExpiration: { noncurrentDays: 30 } };
const accessLog = (add: string) =>
  edit(stage, "records", "accessLogSettings.format", (format) => `${String(format)}${add}`);

/** What violates each rule, and no other one: every way of it that a setting opens. */
export const violatingChanges: Record<string, Change[]> = {
  "database-encrypted": [
    set(instance, "postgres", "storageEncrypted", false),
    set(instance, "postgres", "storageEncrypted", undefined),
    set(instance, "postgres", "kmsKeyId", undefined),
  ],
  "database-insights-encrypted": [set(instance, "postgres", "performanceInsightsKmsKeyId", undefined)],
  "database-private": [
    set(instance, "postgres", "publiclyAccessible", true),
    set(instance, "postgres", "dbSubnetGroupName", undefined),
    set(instance, "postgres", "vpcSecurityGroupIds", []),
  ],
  "database-forces-tls": [parameter("rds.force_ssl", "0"), parameter("rds.force_ssl", undefined)],
  "database-certificate": [
    set(instance, "postgres", "caCertIdentifier", "rds-ca-2019"),
    set(instance, "postgres", "caCertIdentifier", undefined),
  ],
  "database-audits": [
    parameter("shared_preload_libraries", "pg_stat_statements"),
    parameter("pgaudit.log", "ddl,role,write"),
    parameter("pgaudit.log", undefined),
    parameter("log_connections", "0"),
    parameter("log_disconnections", undefined),
  ],
  "database-logs-no-values": [
    parameter("pgaudit.log_parameter", "1"),
    parameter("log_statement", "all"),
    parameter("log_min_duration_statement", "0"),
    parameter("log_error_verbosity", "default"),
    parameter("log_min_error_statement", undefined),
    parameter("log_parameter_max_length", "-1"),
    parameter("log_parameter_max_length_on_error", undefined),
  ],
  "database-own-parameters": [unrefer(instance, "postgres", "parameterGroupName")],
  "database-logs": [
    set(instance, "postgres", "enabledCloudwatchLogsExports", ["postgresql"]),
    set(instance, "postgres", "enabledCloudwatchLogsExports", undefined),
  ],
  "database-monitored": [
    set(instance, "postgres", "monitoringInterval", 0),
    set(instance, "postgres", "monitoringRoleArn", undefined),
  ],
  "database-managed-password": [
    set(instance, "postgres", "manageMasterUserPassword", false),
    set(instance, "postgres", "masterUserSecretKmsKeyId", undefined),
    set(instance, "postgres", "password", "a password in the program"),
  ],
  "database-iam-authentication": [set(instance, "postgres", "iamDatabaseAuthenticationEnabled", false)],
  "database-master-username": [
    set(instance, "postgres", "username", "postgres"),
    set(instance, "postgres", "username", undefined),
  ],
  "database-backups": [
    set(instance, "postgres", "backupRetentionPeriod", 29),
    set(instance, "postgres", "backupRetentionPeriod", undefined),
  ],
  "database-tagged-snapshots": [set(instance, "postgres", "copyTagsToSnapshot", undefined)],
  "database-upgrades": [set(instance, "postgres", "autoMinorVersionUpgrade", false)],
  "database-standby": [
    both(set(instance, "postgres", "multiAz", false), set(instance, "postgres", "instanceClass", "db.m7g.large")),
  ],
  "cache-encrypted-at-rest": [
    set(replicationGroup, "redis", "atRestEncryptionEnabled", false),
    set(replicationGroup, "redis", "kmsKeyId", undefined),
  ],
  "cache-encrypted-in-transit": [
    set(replicationGroup, "redis", "transitEncryptionEnabled", false),
    set(replicationGroup, "redis", "transitEncryptionMode", "preferred"),
  ],
  "cache-authenticates": [set(replicationGroup, "redis", "authToken", undefined)],
  "cache-private": [
    set(replicationGroup, "redis", "subnetGroupName", "default"),
    set(replicationGroup, "redis", "subnetGroupName", undefined),
    set(replicationGroup, "redis", "securityGroupIds", []),
  ],
  "cache-logs": [
    edit(replicationGroup, "redis", "logDeliveryConfigurations", (all) => (all as unknown[]).slice(1)),
    set(replicationGroup, "redis", "logDeliveryConfigurations.1.destinationType", "kinesis-firehose"),
  ],
  "cache-failover": [
    set(replicationGroup, "redis", "automaticFailoverEnabled", false),
    set(replicationGroup, "redis", "multiAzEnabled", false),
    set(replicationGroup, "redis", "numCacheClusters", 1),
  ],
  "cache-backups": [set(replicationGroup, "redis", "snapshotRetentionLimit", 0)],
  "cache-upgrades": [set(replicationGroup, "redis", "autoMinorVersionUpgrade", false)],
  "secret-encrypted": [
    set(secret, "redis-auth", "kmsKeyId", undefined),
    set(secret, "records-database", "kmsKeyId", "alias/aws/secretsmanager"),
  ],
  "secret-has-policy": [without(secretPolicy, "redis-auth"), unrefer(secretPolicy, "redis-auth", "secretArn")],
  "secret-policy-closed": [
    set(secretPolicy, "redis-auth", "blockPublicPolicy", false),
    set(secretPolicy, "redis-auth", "policy", undefined),
    set(secretPolicy, "redis-auth", "policy", JSON.stringify({ Statement: [] })),
    editStatements(secretPolicy, "redis-auth", "policy", ([first]) => [first]),
    editStatements(secretPolicy, "redis-auth", "policy", ([tls, accounts]) => [alsoIf(tls, forOne), accounts]),
    editStatements(secretPolicy, "redis-auth", "policy", ([tls, accounts]) => [tls, alsoIf(accounts, forOne)]),
    editStatements(secretPolicy, "redis-auth", "policy", ([, second]) => [second]),
    editStatements(secretPolicy, "redis-auth", "policy", (all) => [...all, { ...anyone, Action: "secretsmanager:*" }]),
  ],
  "topic-encrypted": [
    set(topic, "alerts", "kmsMasterKeyId", undefined),
    set(topic, "alerts", "kmsMasterKeyId", "alias/aws/sns"),
  ],
  "topic-has-policy": [without(topicPolicy, "alerts"), unrefer(topicPolicy, "alerts", "arn")],
  "topic-closed": [
    set(topic, "alerts", "policy", JSON.stringify({ Statement: [{ ...anyone, Action: "sns:Publish" }] })),
    editStatements(topicPolicy, "alerts", "policy", ([allow, deny]) => [allow, alsoIf(deny, forOne)]),
    editStatements(topicPolicy, "alerts", "policy", ([allow, deny]) => [
      { ...allow, Condition: { StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } } },
      deny,
    ]),
    editStatements(topicPolicy, "alerts", "policy", ([allow]) => [allow]),
    editStatements(topicPolicy, "alerts", "policy", (all) => [...all, { ...anyone, Action: "sns:Publish" }]),
    editStatements(topicPolicy, "alerts", "policy", ([allow, deny]) => [{ ...allow, Condition: undefined }, deny]),
  ],
  "page-sent": [
    set(compositeAlarm, "security", "alarmActions", []),
    set(compositeAlarm, "security", "alarmActions", undefined),
    set(compositeAlarm, "security", "actionsEnabled", false),
    unrefer(compositeAlarm, "security", "alarmActions"),
  ],
  "secret-rotated": [without(secretRotation, "records-database")],
  "secret-rotation-period": [
    set(secretRotation, "redis-auth", "rotationRules.automaticallyAfterDays", 91),
    set(secretRotation, "redis-auth", "rotationLambdaArn", undefined),
  ],
  "secret-value-generated": [unrefer(secretVersion, "redis-auth", "secretString")],
  "secret-value-strong": [
    set(randomPassword, "redis-auth-token", "length", 31),
    set(randomPassword, "redis-auth-token", "special", false),
  ],
  "key-rotation": [
    set(key, "database", "enableKeyRotation", false),
    set(key, "logs", "rotationPeriodInDays", 366),
    set(key, "logs", "rotationPeriodInDays", undefined),
  ],
  "key-kept": [
    set(key, "cache", "isEnabled", false),
    set(key, "cache", "deletionWindowInDays", 6),
    set(key, "cache", "bypassPolicyLockoutSafetyCheck", true),
  ],
  "key-not-public": [
    editStatements(key, "cache", "policy", (all) => [...all, { ...anyone, Action: "kms:DescribeKey" }]),
    editStatements(key, "cache", "policy", (all) => [
      ...all,
      { ...anyone, Principal: { AWS: "*" }, Action: "kms:DescribeKey" },
    ]),
    set(key, "cache", "policy", undefined),
    ...[
      { AWS: "arn:aws:iam::210987654321:root" },
      { AWS: "210987654321" },
      { Federated: "accounts.google.com" },
      { CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" },
    ].map((Principal) =>
      editStatements(key, "cache", "policy", (all) => [...all, { ...anyone, Principal, Action: "kms:DescribeKey" }]),
    ),
  ],
  "key-actions-named": [
    editStatements(key, "secrets", "policy", ([first, ...others]) => [{ ...first, Action: "kms:*" }, ...others]),
  ],
  "key-use-through-services": [
    ...[
      { StringEqualsIfExists: { "kms:ViaService": "rds.eu-west-1.amazonaws.com" } },
      { StringNotEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
      { "ForAllValues:StringEquals": { "kms:ViaService": "rds.eu-west-1.amazonaws.com" } },
      { StringLike: { "kms:ViaService": "*" } },
      { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:*:*" } },
      { Null: { "kms:EncryptionContext:stage": "false" } },
    ].map((Condition) =>
      editStatements(key, "database", "policy", ([first, use, ...others]) => [first, { ...use, Condition }, ...others]),
    ),
    editStatements(key, "database", "policy", ([first, use, ...others]) => [
      first,
      { ...use, Condition: undefined },
      ...others,
    ]),
    editStatements(key, "logs", "policy", ([first, use]) => [
      first,
      { ...use, Action: [...(use?.Action as string[]), "kms:PutKeyPolicy"] },
    ]),
  ],
  "key-grants-for-services": [
    editStatements(key, "database", "policy", ([first, use, grants]) => [
      first,
      use,
      { ...grants, Condition: { StringEquals: at(grants, "Condition.StringEquals") } },
    ]),
  ],
  "key-of-environment": [
    unrefer(logGroup, "audit", "kmsKeyId"),
    unrefer(instance, "postgres", "performanceInsightsKmsKeyId"),
    unrefer(replicationGroup, "redis", "kmsKeyId"),
    unrefer(secret, "records-database", "kmsKeyId"),
  ],
  "key-for-each-domain": [refer(replicationGroup, "redis", "kmsKeyId", key, "database")],
  "subnet-no-public-addresses": [
    set(subnet, "public-1", "mapPublicIpOnLaunch", true),
    set(subnet, "data-1", "assignIpv6AddressOnCreation", true),
  ],
  "public-addresses-for-nat": [
    unrefer(natGateway, "nat-1", "allocationId"),
    without(natGateway, "nat-1"),
    add(eip, {}),
  ],
  "default-group-closed": [without(defaultSecurityGroup, "default")],
  "default-group-empty": [
    set(defaultSecurityGroup, "default", "ingress", [{ protocol: "-1", self: true }]),
    set(defaultSecurityGroup, "default", "egress", [{ protocol: "-1", cidrBlocks: ["10.0.0.0/16"] }]),
  ],
  "ingress-not-from-everywhere": [
    set(ingress, "endpoints-from-analytics", "cidrIpv4", "0.0.0.0/0"),
    set(ingress, "endpoints-from-analytics", "cidrIpv6", "::/0"),
    set(ingress, "endpoints-from-analytics", "cidrIpv4", "128.0.0.0/1"),
    set(ingress, "endpoints-from-analytics", "cidrIpv6", "2000::/3"),
    set(securityGroup, "analytics", "ingress", [
      { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["10.0.0.0/16", "0.0.0.0/0"] },
    ]),
  ],
  "egress-to-everywhere-by-https": [
    both(set(egress, "analytics-to-internet", "fromPort", 80), set(egress, "analytics-to-internet", "toPort", 80)),
    set(securityGroup, "analytics", "egress", [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }]),
    set(securityGroup, "analytics", "egress", [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/7"] }]),
  ],
  "rule-of-one-port": [
    set(ingress, "endpoints-from-analytics", "toPort", 65535),
    set(egress, "analytics-to-redis", "ipProtocol", "-1"),
  ],
  "data-store-admits-groups": [
    both(
      unrefer(ingress, "postgres-from-analytics", "referencedSecurityGroupId"),
      set(ingress, "postgres-from-analytics", "cidrIpv4", "10.0.0.0/16"),
    ),
    both(set(ingress, "redis-from-analytics", "fromPort", 22), set(ingress, "redis-from-analytics", "toPort", 22)),
    refer(egress, "analytics-to-internet", "securityGroupId", securityGroup, "postgres"),
    unrefer(instance, "postgres", "vpcSecurityGroupIds"),
    ...[
      { fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/16"] },
      { fromPort: 5432, toPort: 5432, prefixListIds: ["pl-1"] },
      { fromPort: 5432, toPort: 5432, self: true },
      { fromPort: 0, toPort: 65535, securityGroups: ["sg-1"] },
    ].map((opening) => set(securityGroup, "postgres", "ingress", [{ protocol: "tcp", ...opening }])),
    set(securityGroup, "redis", "egress", [
      { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/16"] },
    ]),
  ],
  "data-store-isolated": [
    refer(association, "data-2", "routeTableId", "aws:ec2/routeTable:RouteTable", "private-1"),
    refer(association, "data-1", "routeTableId", "aws:ec2/routeTable:RouteTable", "public"),
    unrefer("aws:elasticache/subnetGroup:SubnetGroup", "redis", "subnetIds"),
    set(routeTable, "data", "routes", [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }]),
    refer(routeTable, "data", "routes", natGateway, "nat-1"),
    both(without(association, "data-1"), (resources) =>
      add(route, { gatewayId: "igw-1" }, { routeTableId: [urnOf(resources, vpc, "vpc")] })(resources),
    ),
  ],
  "workload-not-public": [
    refer(service, "analytics", "networkConfiguration", subnet, "public-1"),
    unrefer(lambda, "redis-rotation", "vpcConfig"),
    set(routeTable, "private-2", "routes", [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }]),
  ],
  "vpc-flow-logs": [without(flowLog, "flow-log")],
  "flow-log-complete": [
    set(flowLog, "flow-log", "trafficType", "REJECT"),
    set(flowLog, "flow-log", "logDestination", undefined),
    set(flowLog, "flow-log", "iamRoleArn", undefined),
  ],
  "endpoint-policy-narrow": [
    set(endpoint, "s3", "policy", undefined),
    editStatements(endpoint, "s3", "policy", ([first]) => [{ ...first, Action: "s3:*" }]),
    editStatements(endpoint, "s3", "policy", ([first]) => [{ ...first, Action: "*" }]),
    editStatements(endpoint, "s3", "policy", ([first]) => [{ ...first, Resource: "*" }]),
    editStatements(endpoint, "s3", "policy", ([first]) => [{ ...first, Resource: "arn:aws:s3:::*" }]),
    editStatements(endpoint, "kms", "policy", ([first]) => [{ ...first, Condition: undefined }]),
    editStatements(endpoint, "kms", "policy", ([first]) => [
      { ...first, Condition: { StringNotEquals: { "aws:PrincipalAccount": "210987654321" } } },
    ]),
  ],
  "endpoint-private": [
    set(endpoint, "kms", "privateDnsEnabled", false),
    set(endpoint, "kms", "securityGroupIds", undefined),
  ],
  "api-operations-authorized": [
    set(restApi, "records", "body", undefined),
    set(restApi, "records", "body", "openapi: 3.0.1"),
    editBody((body) => withMember(body, ["paths", "/patients", "get", "security"], [])),
    editBody((body) => withMember(body, ["paths", "/patients", "get", "security"], undefined)),
    editBody((body) => withMember(body, ["paths", "/patients", "get", "security"], [{ accessToken: [] }])),
    editBody((body) =>
      withMember(body, ["paths", "/patients", "get", "security"], [{ accessToken: ["records/read"] }, {}]),
    ),
    editBody((body) => withMember(body, ["paths", "/other"], { "x-amazon-apigateway-any-method": {} })),
  ],
  "api-requests-validated": [
    editBody((body) => withMember(body, ["x-amazon-apigateway-request-validator"], undefined)),
    editBody((body) =>
      withMember(
        body,
        ["x-amazon-apigateway-request-validators", "body-and-parameters", "validateRequestParameters"],
        false,
      ),
    ),
  ],
  "api-tls": [
    editBody((body) => withMember(body, ["x-amazon-apigateway-security-policy"], "TLS_1_0")),
    editBody((body) => withMember(body, ["x-amazon-apigateway-security-policy"], undefined)),
    editBody((body) => withMember(body, ["x-amazon-apigateway-endpoint-access-mode"], "BASIC")),
  ],
  "api-regional": [
    set(restApi, "records", "endpointConfiguration.types", "EDGE"),
    set(restApi, "records", "endpointConfiguration", undefined),
  ],
  "api-errors-tell-nothing": [
    editBody((body) =>
      withMember(
        body,
        ["x-amazon-apigateway-gateway-responses", "DEFAULT_4XX", "responseTemplates", "application/json"],
        '{"detail":"$context.error.message"}',
      ),
    ),
  ],
  "stage-access-log": [
    set(stage, "records", "accessLogSettings", undefined),
    set(stage, "records", "accessLogSettings.destinationArn", undefined),
  ],
  "stage-access-log-no-phi": [
    accessLog("$context.path"),
    accessLog("$input.body"),
    accessLog("$context.authorizer.claims.email"),
  ],
  "stage-access-log-identifies": [
    edit(stage, "records", "accessLogSettings.format", (format) =>
      String(format).replace("$context.authorizer.claims.sub", "-"),
    ),
  ],
  "stage-not-traced": [set(stage, "records", "xrayTracingEnabled", true)],
  "stage-firewall": [without(webAclAssociation, "records"), unrefer(webAclAssociation, "records", "resourceArn")],
  "stage-settings-for-all-methods": [
    set(methodSettings, "all", "methodPath", "patients/GET"),
    without(methodSettings, "all"),
  ],
  "methods-logged": [set(methodSettings, "all", "settings.loggingLevel", "OFF")],
  "methods-log-no-bodies": [set(methodSettings, "all", "settings.dataTraceEnabled", true)],
  "methods-not-cached": [set(methodSettings, "all", "settings.cachingEnabled", true)],
  "methods-throttled": [
    set(methodSettings, "all", "settings.throttlingRateLimit", -1),
    set(methodSettings, "all", "settings.throttlingBurstLimit", undefined),
    set(usagePlan, "records", "throttleSettings", undefined),
  ],
  "api-gateway-may-log": [set(account, "account", "cloudwatchRoleArn", undefined)],
  "firewall-managed-rules": [
    edit(webAcl, "records", "rules", (rules) => (rules as unknown[]).slice(0, -1)),
    set(webAcl, "records", "rules.3.overrideAction", { count: {} }),
    set(webAcl, "records", "rules.3.statement.managedRuleGroupStatement.vendorName", "Somebody"),
    set(webAcl, "records", "rules.3.statement.managedRuleGroupStatement.scopeDownStatement", {
      byteMatchStatement: { searchString: "/patients" },
    }),
    set(webAcl, "records", "rules.4.statement.managedRuleGroupStatement.ruleActionOverrides", [
      { name: "SQLi_BODY", actionToUse: { count: {} } },
    ]),
    set(webAcl, "records", "rules.2.statement.managedRuleGroupStatement.ruleActionOverrides.0.actionToUse", {
      allow: {},
    }),
    edit(webAcl, "records", "rules", (rules) => [
      ...(rules as object[]),
      { ...(rules as object[])[0], name: "Office", statement: { ipSetReferenceStatement: {} }, action: { allow: {} } },
    ]),
  ],
  "firewall-rate-limit": [
    edit(webAcl, "records", "rules", (rules) => (rules as unknown[]).slice(1)),
    set(webAcl, "records", "rules.0.action", { count: {} }),
  ],
  "firewall-no-samples": [
    set(webAcl, "records", "visibilityConfig.sampledRequestsEnabled", true),
    set(webAcl, "records", "rules.2.visibilityConfig.sampledRequestsEnabled", true),
  ],
  "firewall-metrics": [
    set(webAcl, "records", "visibilityConfig.cloudwatchMetricsEnabled", false),
    set(webAcl, "records", "rules.0.visibilityConfig.cloudwatchMetricsEnabled", false),
  ],
  "firewall-logged": [without(webAclLogging, "records")],
  "firewall-log-redacted": [
    ...[0, 1, 2, 3].map((index) =>
      edit(webAclLogging, "records", "redactedFields", (fields) => (fields as unknown[]).toSpliced(index, 1)),
    ),
    set(webAclLogging, "records", "logDestinationConfigs", []),
  ],
  "users-second-factor": [
    set(userPool, "users", "mfaConfiguration", "OPTIONAL"),
    set(userPool, "users", "softwareTokenMfaConfiguration", undefined),
    set(userPool, "users", "smsConfiguration", { externalId: "1", snsCallerArn: "arn:role" }),
  ],
  "users-strong-passwords": [
    set(userPool, "users", "passwordPolicy.minimumLength", 13),
    set(userPool, "users", "passwordPolicy.requireLowercase", false),
    set(userPool, "users", "passwordPolicy.requireUppercase", false),
    set(userPool, "users", "passwordPolicy.requireNumbers", false),
    set(userPool, "users", "passwordPolicy.requireSymbols", false),
    set(userPool, "users", "passwordPolicy.passwordHistorySize", 0),
    set(userPool, "users", "passwordPolicy.temporaryPasswordValidityDays", 7),
  ],
  "users-invited": [set(userPool, "users", "adminCreateUserConfig", undefined)],
  "users-unique": [
    set(userPool, "users", "usernameAttributes", undefined),
    set(userPool, "users", "autoVerifiedAttributes", ["email", "phone_number"]),
    set(userPool, "users", "usernameConfiguration.caseSensitive", true),
  ],
  "users-recovery": [
    set(userPool, "users", "accountRecoverySetting", undefined),
    set(userPool, "users", "accountRecoverySetting.recoveryMechanisms.0.name", "verified_phone_number"),
  ],
  "users-threat-protection": [set(userPool, "users", "userPoolAddOns.advancedSecurityMode", "OFF")],
  "users-threat-responses": [without(riskConfiguration, "users"), unrefer(riskConfiguration, "users", "userPoolId")],
  "threats-refused": [
    set(riskConfiguration, "users", "compromisedCredentialsRiskConfiguration.actions.eventAction", "NO_ACTION"),
    set(riskConfiguration, "users", "compromisedCredentialsRiskConfiguration.eventFilters", ["SIGN_UP"]),
    set(riskConfiguration, "users", "accountTakeoverRiskConfiguration.actions.highAction.eventAction", "NO_ACTION"),
  ],
  "tokens-short": [
    set(client, "app", "accessTokenValidity", 16),
    set(client, "app", "tokenValidityUnits.idToken", "hours"),
    set(client, "app", "refreshTokenValidity", undefined),
  ],
  "tokens-revocable": [set(client, "app", "enableTokenRevocation", false)],
  "client-hides-users": [set(client, "app", "preventUserExistenceErrors", "LEGACY")],
  "client-flows": [
    set(client, "app", "allowedOauthFlows", ["code", "implicit"]),
    set(client, "app", "explicitAuthFlows", ["ALLOW_USER_PASSWORD_AUTH"]),
    set(client, "app", "explicitAuthFlows", undefined),
  ],
  "client-callbacks": [
    set(client, "app", "callbackUrls", ["http://records.example/callback"]),
    set(client, "app", "logoutUrls", ["http://localhost.records.example"]),
  ],
  "client-scopes": [
    edit(client, "app", "allowedOauthScopes", (scopes) => [...(scopes as string[]), "aws.cognito.signin.user.admin"]),
    set(client, "app", "allowedOauthScopes", undefined),
    set(client, "app", "writeAttributes", ["email", "name"]),
    set(client, "app", "allowedOauthFlowsUserPoolClient", false),
  ],
  "function-in-vpc": [
    set(lambda, "redis-rotation", "vpcConfig", undefined),
    set(lambda, "redis-rotation", "vpcConfig.subnetIds", ["Subnet-private-1"]),
    set(lambda, "redis-rotation", "vpcConfig.securityGroupIds", []),
  ],
  "function-runtime": [set(lambda, "records-service", "runtime", "nodejs18.x")],
  "function-log-group": [unrefer(lambda, "records-service", "loggingConfig")],
  "function-log-quiet": [
    set(lambda, "records-service", "loggingConfig.applicationLogLevel", "DEBUG"),
    set(lambda, "records-service", "loggingConfig.logFormat", "Text"),
    set(lambda, "records-service", "loggingConfig.systemLogLevel", "DEBUG"),
  ],
  "function-traced": [set(lambda, "records-service", "tracingConfig", undefined)],
  "function-no-secrets": [
    set(lambda, "records-service", "environment.variables.DATABASE_PASSWORD", "a password"),
    set(lambda, "records-service", "environment.variables.DATABASE_URL", "postgres://user:password@database.example"),
  ],
  "function-no-generated-secrets": [
    refer(lambda, "records-service", "environment", randomPassword, "redis-auth-token"),
  ],
  "function-verifies-tls": [
    set(lambda, "records-service", "environment.variables.NODE_TLS_REJECT_UNAUTHORIZED", "0"),
    set(lambda, "records-service", "environment.variables.NODE_EXTRA_CA_CERTS", "/tmp/authorities.pem"),
  ],
  "function-own-role": [
    refer(lambda, "redis-rotation", "role", role, "records-service"),
    unrefer(lambda, "redis-rotation", "role"),
  ],
  "function-admits-services": [
    set(permission, "api-gateway", "sourceArn", undefined),
    set(permission, "audit-delivery", "principal", "*"),
    set(permission, "api-gateway", "action", "lambda:*"),
  ],
  "api-function-limited": [set(lambda, "records-service", "reservedConcurrentExecutions", undefined)],
  "api-function-audits": [set(lambda, "records-service", "environment.variables.AUDIT_LOG_GROUP", "another group")],
  "api-function-ends-sessions": [
    set(lambda, "records-service", "environment.variables.SESSION_IDLE_SECONDS", "3601"),
    set(lambda, "records-service", "environment.variables.SESSION_IDLE_SECONDS", "0"),
    set(lambda, "records-service", "environment.variables.SESSION_ABSOLUTE_SECONDS", "86401"),
    set(lambda, "records-service", "environment.variables.SESSION_ABSOLUTE_SECONDS", undefined),
  ],
  "cluster-insights": [
    set(cluster, "analytics", "settings", undefined),
    set(cluster, "analytics", "settings.0.value", "disabled"),
  ],
  "service-no-public-address": [
    set(service, "analytics", "networkConfiguration.assignPublicIp", true),
    set(service, "analytics", "networkConfiguration.securityGroups", []),
    set(service, "analytics", "networkConfiguration.subnets", []),
  ],
  "service-no-shell": [set(service, "analytics", "enableExecuteCommand", true)],
  "service-platform": [
    set(service, "analytics", "platformVersion", "1.3.0"),
    set(service, "analytics", "launchType", "EC2"),
  ],
  "task-isolated": [
    set(taskDefinition, "analytics", "networkMode", "host"),
    set(taskDefinition, "analytics", "pidMode", "host"),
    set(taskDefinition, "analytics", "ipcMode", "host"),
  ],
  "task-not-root": ["root", "0", "0:0", undefined].map((user) =>
    editContainer((container) => ({ ...container, user })),
  ),
  "task-not-privileged": [
    editContainer((container) => ({ ...container, privileged: true })),
    editContainer((container) => withMember(container, ["linuxParameters", "capabilities"], undefined)),
    editContainer((container) => withMember(container, ["linuxParameters", "capabilities", "add"], ["SYS_PTRACE"])),
  ],
  "task-read-only": [
    editContainer((container) => ({ ...container, readonlyRootFilesystem: false })),
    editContainer((container) => withMember(container, ["linuxParameters", "tmpfs", "0", "mountOptions"], ["nosuid"])),
  ],
  "task-no-secrets": [
    editContainer((container) =>
      withMember(container, ["environment", "0"], { name: "REDIS_AUTH_TOKEN", value: "the token" }),
    ),
  ],
  "task-logs": [
    editContainer((container) => ({ ...container, logConfiguration: undefined })),
    editContainer((container) => withMember(container, ["logConfiguration", "options"], {})),
  ],
  "task-log-group": [unrefer(taskDefinition, "analytics", "containerDefinitions")],
  "task-two-roles": [
    refer(taskDefinition, "analytics", "taskRoleArn", role, "execution"),
    unrefer(taskDefinition, "analytics", "taskRoleArn"),
  ],
  "task-image-named": [
    editContainer((container) => ({ ...container, image: "public.ecr.aws/nginx/nginx-unprivileged:latest" })),
    editContainer((container) => ({ ...container, image: "public.ecr.aws/nginx/nginx-unprivileged" })),
  ],
  "log-group-encrypted": [set(logGroup, "waf", "kmsKeyId", undefined)],
  "log-group-expires": [set(logGroup, "waf", "retentionInDays", 0), set(logGroup, "waf", "retentionInDays", undefined)],
  "audit-log-kept": [set(logGroup, "audit", "retentionInDays", 2191)],
  "iam-actions-named": [
    editStatements(policy, "task", "policy", (all) => [...all, statement("s3:Get*", "arn:aws:s3:::bucket")]),
    editStatements(policy, "task", "policy", (all) => [...all, statement("*", "arn:aws:s3:::bucket")]),
  ],
  "iam-resources-named": [
    ["s3:GetObject", "*"],
    ["s3:GetObject", "arn:aws:s3:::*/*"],
    ["secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:*"],
    ["secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*"],
    ["ec2:DeleteNetworkInterface", "arn:aws:ec2:*:*:*"],
  ].map(([action = "", resource = ""]) =>
    editStatements(policy, "task", "policy", (all) => [...all, statement(action, resource)]),
  ),
  "iam-no-negations": [
    editStatements(policy, "task", "policy", (all) => [
      ...all,
      { Effect: "Allow", NotAction: "iam:*", Resource: "arn:1" },
    ]),
    editStatements(policy, "task", "policy", (all) => [
      ...all,
      { Effect: "Allow", Action: "s3:GetObject", NotResource: "arn:1" },
    ]),
  ],
  "iam-decrypts-through-services": [
    editStatements(policy, "task", "policy", (all) => [...all, statement("kms:Decrypt", "arn:Key-database")]),
    editStatements(policy, "task", "policy", (all) => [
      ...all,
      statement("kms:Decrypt", "arn:Key-database", {
        Condition: { StringEqualsIfExists: { "kms:ViaService": "rds.eu-west-1.amazonaws.com" } },
      }),
    ]),
    ...["*", "arn:aws:kms:*:*:*", "arn:aws:kms:eu-west-1:123456789012:key/*"].map((Resource) =>
      editStatements(policy, "task", "policy", (all) => [
        ...all,
        statement("kms:Decrypt", Resource, {
          Condition: { StringEquals: { "kms:ViaService": "rds.eu-west-1.amazonaws.com" } },
        }),
      ]),
    ),
  ],
  "iam-managed-policies": [
    add(rolePolicy, {
      role: "ecs-task-dev",
      policy: JSON.stringify({ Statement: [statement("s3:GetObject", "arn:1")] }),
    }),
    set(role, "task", "inlinePolicies", [{ name: "more", policy: "{}" }]),
  ],
  "iam-no-wide-aws-policies": [
    set(attachment, "task", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    set(role, "task", "managedPolicyArns", ["arn:aws:iam::aws:policy/AdministratorAccess"]),
  ],
  "role-for-services": [
    editStatements(role, "task", "assumeRolePolicy", ([first]) => [
      { ...first, Principal: { AWS: "arn:aws:iam::210987654321:root" } },
    ]),
    editStatements(role, "task", "assumeRolePolicy", ([first]) => [{ ...first, Principal: "*" }]),
    set(role, "task", "assumeRolePolicy", undefined),
  ],
  "role-no-confused-deputy": [
    undefined,
    { StringLike: { "aws:SourceAccount": "*" } },
    { StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } },
  ].map((Condition) => editStatements(role, "task", "assumeRolePolicy", ([first]) => [{ ...first, Condition }])),
  "iam-no-users": [
    add("aws:iam/user:User", {}),
    add("aws:iam/accessKey:AccessKey", { user: "somebody" }),
    add("aws:iam/userPolicy:UserPolicy", { user: "somebody" }),
    add("aws:iam/userPolicyAttachment:UserPolicyAttachment", { user: "somebody" }),
  ],
  "type-known": [
    add("aws:lambda/functionUrl:FunctionUrl", { authorizationType: "NONE" }),
    add("aws:ec2/securityGroupRule:SecurityGroupRule", { cidrBlocks: ["0.0.0.0/0"] }),
    add("aws:apigateway/method:Method", { authorization: "NONE" }),
    add("aws-native:lambda:Url", { authType: "NONE" }),
  ],
  "tags-of-environment": [
    set(provider, "aws", "defaultTags", undefined),
    set(provider, "aws", "defaultTags", '{"tags":{"Environment":"dev","Project":"tap"}}'),
  ],
  "data-classified": [
    set(instance, "postgres", "tags", undefined),
    set(replicationGroup, "redis", "tags.DataClassification", "public"),
    set(secret, "redis-auth", "tags", undefined),
    set(taskDefinition, "analytics", "tags", undefined),
  ],
  "trail-encrypted": [set(trail, "trail", "kmsKeyId", undefined)],
  "trail-validated": [
    set(trail, "trail", "enableLogFileValidation", false),
    set(trail, "trail", "enableLogFileValidation", undefined),
  ],
  "trail-watched": [
    set(trail, "trail", "cloudWatchLogsGroupArn", undefined),
    set(trail, "trail", "cloudWatchLogsRoleArn", undefined),
  ],
  "trail-complete": [
    set(trail, "trail", "includeGlobalServiceEvents", false),
    set(trail, "trail", "advancedEventSelectors", undefined),
    set(trail, "trail", "enableLogging", false),
    edit(trail, "trail", "advancedEventSelectors.0.fieldSelectors", (fields) => [
      ...(fields as object[]),
      { field: "eventSource", notEquals: ["kms.amazonaws.com"] },
    ]),
    set(trail, "trail", "advancedEventSelectors.0.fieldSelectors", []),
    set(trail, "trail", "advancedEventSelectors.1.fieldSelectors.2.notEquals", [
      "arn:aws:lambda:eu-west-1:1:function:x",
    ]),
    edit(trail, "trail", "advancedEventSelectors", (selectors) => (selectors as unknown[]).slice(0, 1)),
    edit(trail, "trail", "advancedEventSelectors", (selectors) => (selectors as unknown[]).slice(1)),
    edit(trail, "trail", "advancedEventSelectors", (selectors) =>
      (selectors as { fieldSelectors: object[] }[]).map(({ fieldSelectors }) => ({
        fieldSelectors: [...fieldSelectors, { field: "readOnly", equals: ["false"] }],
      })),
    ),
  ],
  "trail-every-region": [
    set(trail, "trail", "isMultiRegionTrail", false),
    set(trail, "trail", "isMultiRegionTrail", undefined),
  ],
  "bucket-complete": [
    without(bucketPolicy, "trail"),
    without(bucketEncryption, "trail"),
    without(bucketLifecycle, "trail"),
    without(bucketOwnership, "trail"),
    without(publicAccessBlock, "trail"),
    without(bucketVersioning, "trail"),
    unrefer(publicAccessBlock, "trail", "bucket"),
  ],
  "bucket-private": ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((input) =>
    set(publicAccessBlock, "trail", input, false),
  ),
  "bucket-without-acls": [
    set(bucketOwnership, "trail", "rule", { objectOwnership: "BucketOwnerPreferred" }),
    set(bucketOwnership, "trail", "rule", undefined),
  ],
  "bucket-policy-closed": [
    set(bucketPolicy, "trail", "policy", undefined),
    editStatements(bucketPolicy, "trail", "policy", (statements) => [...statements, anyone]),
    editStatements(bucketPolicy, "trail", "policy", (statements) => statements.filter((one) => one?.Effect !== "Deny")),
    editStatements(bucketPolicy, "trail", "policy", (statements) =>
      statements.map((one) => (one?.Effect === "Deny" ? alsoIf(one, forOne) : one)),
    ),
    editStatements(bucketPolicy, "trail", "policy", (statements) =>
      statements.map((one) =>
        one?.Effect === "Allow"
          ? { ...one, Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudtrail:*:*:*" } } }
          : one,
      ),
    ),
    editStatements(bucketPolicy, "trail", "policy", (statements) =>
      statements.map((one) => (one?.Effect === "Allow" ? { ...one, Condition: undefined } : one)),
    ),
  ],
  "bucket-encrypted": [
    set(bucketEncryption, "trail", "rules", [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256", kmsMasterKeyId: "a key" } },
    ]),
    set(bucketEncryption, "trail", "rules", [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }]),
    set(bucketEncryption, "trail", "rules", []),
  ],
  "bucket-versioned": [
    set(bucketVersioning, "trail", "versioningConfiguration", { status: "Suspended" }),
    set(bucketVersioning, "trail", "versioningConfiguration", undefined),
  ],
  "bucket-expires": [
    set(bucketLifecycle, "trail", "rules", undefined),
    set(bucketLifecycle, "trail", "rules", [{ status: "Disabled", ...expiry }]),
    set(bucketLifecycle, "trail", "rules", [{ status: "Enabled", ...expiry, expiration: undefined }]),
    set(bucketLifecycle, "trail", "rules", [{ status: "Enabled", ...expiry, noncurrentVersionExpiration: undefined }]),
  ],
};

/** What the program knowingly does not keep, and what it would take to keep it. */
export const excepted: Record<string, Change> = {
  "database-deletion-protection": (resources) =>
    [
      set(instance, "postgres", "deletionProtection", true),
      set(instance, "postgres", "skipFinalSnapshot", false),
      set(instance, "postgres", "deleteAutomatedBackups", false),
    ].reduce((changed, change) => change(changed), resources),
  "database-port": set(instance, "postgres", "port", 5433),
  "database-events": both(
    add("aws:rds/eventSubscription:EventSubscription", { sourceType: "db-parameter-group" }),
    add("aws:rds/eventSubscription:EventSubscription", { sourceType: "db-security-group" }),
  ),
  "secret-recoverable": both(
    set(secret, "redis-auth", "recoveryWindowInDays", 7),
    set(secret, "records-database", "recoveryWindowInDays", 7),
  ),
  "vpc-interface-endpoints": (resources) =>
    ["ec2", "ssm", "ssm-contacts", "ssm-incidents"].reduce(
      (changed, name) =>
        add(
          endpoint,
          { serviceName: `com.amazonaws.eu-west-1.${name}` },
          { vpcId: [urnOf(changed, vpc, "vpc")] },
        )(changed),
      resources,
    ),
  "stage-traced": set(stage, "records", "xrayTracingEnabled", true),
  "stage-client-certificate": set(stage, "records", "clientCertificateId", "certificate"),
  "users-deletion-protection": set(userPool, "users", "deletionProtection", "ACTIVE"),
  "users-custom-authentication": set(
    userPool,
    "users",
    "userPoolAddOns.advancedSecurityAdditionalFlows.customAuthMode",
    "ENFORCED",
  ),
  "topic-subscribed": (resources) =>
    add(
      "aws:sns/topicSubscription:TopicSubscription",
      { protocol: "email" },
      { topic: [urnOf(resources, topic, "alerts")] },
    )(resources),
  "bucket-access-logged": (resources) =>
    add(
      "aws:s3/bucketLogging:BucketLogging",
      { targetBucket: "logs" },
      { bucket: [urnOf(resources, bucket, "trail")] },
    )(resources),
};

/** What the state of the program holds after a refresh, beside what the program sets: no rule takes it for more than it says. */
export const refreshed: Change = (resources) =>
  [
    set(role, "task", "managedPolicyArns", ["arn:aws:iam::123456789012:policy/ecs-task-dev"]),
    set(securityGroup, "postgres", "ingress", [
      { protocol: "tcp", fromPort: 5432, toPort: 5432, securityGroups: ["sg-1"], cidrBlocks: [], self: false },
    ]),
    set(securityGroup, "postgres", "egress", []),
    set(routeTable, "data", "routes", []),
    set(routeTable, "private-1", "routes", [{ cidrBlock: "0.0.0.0/0", gatewayId: "", natGatewayId: "nat-1" }]),
    set(routeTable, "public", "routes", [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1", natGatewayId: "" }]),
    set(vpc, "vpc", "mainRouteTableId", "rtb-1"),
    set(trail, "trail", "enableLogging", true),
    // Before the refresh, the policy that AWS gives every topic (SNS developer guide).
    set(
      topic,
      "alerts",
      "policy",
      JSON.stringify({
        Id: "__default_policy_ID",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: ["SNS:Publish", "SNS:Subscribe"],
            Condition: { StringEquals: { "AWS:SourceOwner": "123456789012" } },
          },
        ],
      }),
    ),
  ].reduce((changed, change) => change(changed), resources);

/** Takes threat protection back from refusing. */
export const threatProtection = (tier: string, mode: string): Change =>
  both(
    set(userPool, "users", "userPoolTier", tier),
    set(userPool, "users", "userPoolAddOns.advancedSecurityMode", mode),
  );

export const customAuthentication: Change = set(client, "app", "explicitAuthFlows", ["ALLOW_CUSTOM_AUTH"]);

function both(one: Change, other: Change): Change {
  return (resources) => other(one(resources));
}

/** Sets an input; undefined takes it away. */
function set(type: string, name: string, path: string, value: unknown): Change {
  return edit(type, name, path, () => value);
}

function edit(type: string, name: string, path: string, change: (value: unknown) => unknown): Change {
  return replace(type, name, (resource) => ({
    ...resource,
    inputs: withMember(resource.inputs, path.split("."), change(at(resource.inputs, path))),
  }));
}

/** Takes an input's value from elsewhere than from a resource of the stack. */
function unrefer(type: string, name: string, input: string): Change {
  return replace(type, name, (resource) => ({ ...resource, references: { ...resource.references, [input]: [] } }));
}

/** Takes an input's value from another resource. */
function refer(type: string, name: string, input: string, targetType: string, targetName: string): Change {
  return (resources) =>
    replace(type, name, (resource) => ({
      ...resource,
      references: { ...resource.references, [input]: [urnOf(resources, targetType, targetName)] },
    }))(resources);
}

function without(type: string, name: string): Change {
  return (resources) => resources.filter((resource) => resource !== find(resources, type, name));
}

function add(type: string, inputs: Values, references: Record<string, string[]> = {}): Change {
  return (resources) => [...resources, { urn: `urn:of:another:${type}`, type, name: "another", inputs, references }];
}

function parameter(name: string, value: string | undefined): Change {
  return edit(parameterGroup, "postgres", "parameters", (parameters) =>
    (parameters as { name: string }[]).flatMap((one) =>
      one.name !== name ? [one] : value === undefined ? [] : [{ ...one, value }],
    ),
  );
}

type StatementValues = Values | undefined;

function editStatements(
  type: string,
  name: string,
  input: string,
  change: (statements: StatementValues[]) => StatementValues[],
): Change {
  return edit(type, name, input, (document) => {
    const parsed = JSON.parse(String(document)) as { Statement: Values[] };
    return JSON.stringify({ ...parsed, Statement: change(parsed.Statement) });
  });
}

function editBody(change: (body: Values) => Values): Change {
  return edit(restApi, "records", "body", (body) => JSON.stringify(change(JSON.parse(String(body)) as Values)));
}

function editContainer(change: (container: Values) => Values): Change {
  return edit(taskDefinition, "analytics", "containerDefinitions", (definitions) =>
    JSON.stringify((JSON.parse(String(definitions)) as Values[]).map(change)),
  );
}

/** A copy with another value at a path. */
export function withMember<T extends object>(object: T, [key = "", ...rest]: string[], value: unknown): T {
  const members = object as Values;
  const inner = members[key] ?? {};
  const changed = rest.length === 0 ? value : withMember(inner, rest, value);
  return (Array.isArray(object) ? object.with(Number(key), changed) : { ...members, [key]: changed }) as T;
}

function replace(type: string, name: string, change: (resource: PolicyResource) => PolicyResource): Change {
  return (resources) => {
    const found = find(resources, type, name);
    return resources.map((resource) => (resource === found ? change(resource) : resource));
  };
}

function urnOf(resources: PolicyResource[], type: string, name: string): string {
  return find(resources, type, name).urn;
}

function find(resources: PolicyResource[], type: string, name: string): PolicyResource {
  const [found, ...others] = resources.filter((resource) => resource.type === type && resource.name === name);
  if (!found || others.length > 0) throw new Error(`the program has no single ${type} ${name}`);
  return found;
}
