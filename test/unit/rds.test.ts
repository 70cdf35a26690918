import { Rds, type RdsArgs } from "../../lib/rds";
import { dataLoss, environment, logs, roleOf } from "./fixtures";
import { all, counts, only, record, type Recorded } from "./recorder";

const deploy = (overrides: Partial<RdsArgs> = {}) =>
  record(
    () =>
      new Rds("rds", {
        environment,
        vpcId: "vpc-1",
        dataSubnetIds: ["subnet-1", "subnet-2"],
        instanceClass: "db.t4g.small",
        engineVersion: "17",
        allocatedStorage: 20,
        maxAllocatedStorage: 100,
        multiAz: true,
        backupRetentionDays: 30,
        databaseKeyArn: "arn:database-key",
        secretsKeyArn: "arn:secrets-key",
        logs,
        dataLoss,
        ...overrides,
      }),
  );

describe("Rds", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy();
  });

  it("is one instance with its subnets, parameters, security group, monitoring role and two logs", () => {
    expect(counts(recorded)).toEqual({
      "aws:rds/instance:Instance": 1,
      "aws:rds/subnetGroup:SubnetGroup": 1,
      "aws:rds/parameterGroup:ParameterGroup": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:iam/role:Role": 1,
      "aws:iam/policy:Policy": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "aws:cloudwatch/logGroup:LogGroup": 2,
    });
  });

  it("is encrypted with its key, isolated, backed up, watched, and goes without a trace", () => {
    expect(only(recorded, "aws:rds/instance:Instance").inputs).toEqual({
      identifier: "rds-postgres-pr-7",
      engine: "postgres",
      engineVersion: "17",
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: true,
      instanceClass: "db.t4g.small",
      multiAz: true,
      storageType: "gp3",
      allocatedStorage: 20,
      maxAllocatedStorage: 100,
      storageEncrypted: true,
      kmsKeyId: "arn:database-key",
      dbName: "records",
      username: "records_master",
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: "arn:secrets-key",
      iamDatabaseAuthenticationEnabled: true,
      port: 5432,
      dbSubnetGroupName: "rds-subnets-pr-7",
      vpcSecurityGroupIds: ["SecurityGroup-postgres"],
      publiclyAccessible: false,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      parameterGroupName: "rds-parameters-17-pr-7",
      backupRetentionPeriod: 30,
      backupWindow: "01:00-02:00",
      maintenanceWindow: "sun:02:30-sun:03:30",
      copyTagsToSnapshot: true,
      enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
      monitoringInterval: 60,
      monitoringRoleArn: "arn:Role-monitoring",
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: "arn:database-key",
      performanceInsightsRetentionPeriod: 7,
      deletionProtection: false,
      skipFinalSnapshot: true,
      deleteAutomatedBackups: true,
      applyImmediately: true,
      tags: { DataClassification: "phi" },
    });
  });

  it("leaves to RDS what storage does that is not striped", async () => {
    const { inputs } = only(await deploy({ allocatedStorage: 399 }), "aws:rds/instance:Instance");
    expect(inputs).not.toHaveProperty("iops");
    expect(inputs).not.toHaveProperty("storageThroughput");
  });

  it("has the class, storage, standby, backups and version that are asked for", async () => {
    const larger = await deploy({
      instanceClass: "db.m7g.large",
      allocatedStorage: 400,
      maxAllocatedStorage: 1000,
      multiAz: false,
      backupRetentionDays: 35,
      engineVersion: "16.4",
    });
    expect(only(larger, "aws:rds/instance:Instance").inputs).toMatchObject({
      instanceClass: "db.m7g.large",
      allocatedStorage: 400,
      iops: 12_000,
      storageThroughput: 500,
      maxAllocatedStorage: 1000,
      multiAz: false,
      backupRetentionPeriod: 35,
      engineVersion: "16.4",
      parameterGroupName: "rds-parameters-16-pr-7",
    });
  });

  it("comes after its log groups and the permission to monitor it, or RDS would make groups of its own", () => {
    expect(only(recorded, "aws:rds/instance:Instance").dependsOn).toEqual([
      "LogGroup postgresql",
      "LogGroup upgrade",
      "RolePolicyAttachment monitoring",
    ]);
  });

  it("accepts TLS only, and audits statements without their values", () => {
    expect(only(recorded, "aws:rds/parameterGroup:ParameterGroup").inputs).toEqual({
      name: "rds-parameters-17-pr-7",
      description: "TLS only; audit without values",
      family: "postgres17",
      parameters: [
        { name: "rds.force_ssl", value: "1", applyMethod: "immediate" },
        { name: "shared_preload_libraries", value: "pgaudit,pg_stat_statements", applyMethod: "pending-reboot" },
        { name: "pgaudit.log", value: "ddl,role,read,write", applyMethod: "immediate" },
        { name: "pgaudit.log_parameter", value: "0", applyMethod: "immediate" },
        { name: "pgaudit.log_catalog", value: "0", applyMethod: "immediate" },
        { name: "log_connections", value: "1", applyMethod: "immediate" },
        { name: "log_disconnections", value: "1", applyMethod: "immediate" },
        { name: "log_statement", value: "none", applyMethod: "immediate" },
        { name: "log_min_duration_statement", value: "-1", applyMethod: "immediate" },
        { name: "log_error_verbosity", value: "terse", applyMethod: "immediate" },
        { name: "log_min_error_statement", value: "panic", applyMethod: "immediate" },
        { name: "log_parameter_max_length", value: "0", applyMethod: "immediate" },
        { name: "log_parameter_max_length_on_error", value: "0", applyMethod: "immediate" },
        { name: "max_connections", value: "170", applyMethod: "pending-reboot" },
      ],
    });
  });

  it.each(["15", "16", "17", "18"])("has parameters of PostgreSQL %s", async (major) => {
    const { inputs, deleteBeforeReplace } = only(
      await deploy({ engineVersion: `${major}.2` }),
      "aws:rds/parameterGroup:ParameterGroup",
    );
    expect(inputs).toMatchObject({ name: `rds-parameters-${major}-pr-7`, family: `postgres${major}` });
    // It stands beside the one before until the instance has moved: AWS deletes none that is in use.
    expect(deleteBeforeReplace).toBe(false);
  });

  it("refuses a PostgreSQL that it has no parameters for", async () => {
    await expect(deploy({ engineVersion: "14.9" })).rejects.toThrow(
      'engineVersion: "14.9" is not of PostgreSQL 15, 16, 17, 18',
    );
  });

  it("stands in the isolated subnets", () => {
    expect(only(recorded, "aws:rds/subnetGroup:SubnetGroup").inputs).toEqual({
      name: "rds-subnets-pr-7",
      description: "Isolated subnets for PostgreSQL",
      subnetIds: ["subnet-1", "subnet-2"],
    });
  });

  it("admits nobody by itself", () => {
    expect(only(recorded, "aws:ec2/securityGroup:SecurityGroup").inputs).toEqual({
      name: "rds-postgres-pr-7",
      vpcId: "vpc-1",
      description: "PostgreSQL",
      revokeRulesOnDelete: true,
      tags: { Name: "rds-postgres-pr-7" },
    });
  });

  it("exports its logs to encrypted groups that expire", () => {
    expect(all(recorded, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs)).toEqual([
      { name: "/aws/rds/instance/rds-postgres-pr-7/postgresql", kmsKeyId: "arn:logs-key", retentionInDays: 30 },
      { name: "/aws/rds/instance/rds-postgres-pr-7/upgrade", kmsKeyId: "arn:logs-key", retentionInDays: 30 },
    ]);
  });

  it("is monitored by a role for this account's instances that may write to the account's monitoring log only", () => {
    const group = "arn:aws:logs:eu-west-1:123456789012:log-group:RDSOSMetrics";
    expect(roleOf(recorded, "monitoring")).toEqual({
      trust: [
        {
          Effect: "Allow",
          Principal: { Service: "monitoring.rds.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ],
      allowed: [
        { Effect: "Allow", Action: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"], Resource: `${group}:*` },
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
          Resource: `${group}:log-stream:*`,
        },
      ],
    });
  });

  it("tells where it is and which secret logs in, and nothing secret", () => {
    const component = only(recorded, "tap:database:Rds");
    expect(component.inputs).toEqual({});
    expect(component.secretOutputs).toEqual([]);
    expect(component.outputs).toEqual({
      endpoint: "postgres.database.example",
      port: 5432,
      databaseName: "records",
      masterSecretArn: "arn:master-secret:postgres",
      resourceId: "db-postgres",
      securityGroupId: "SecurityGroup-postgres",
    });
  });
});
