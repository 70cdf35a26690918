import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type DataLossGuard } from "./data-loss";
import { maximumConnections } from "./database-capacity";
import { type Environment } from "./environment";
import { createServiceRole, serviceTrust, type ServiceRole } from "./iam";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { phiTags, resourceName, serviceLogGroups } from "./naming";
import { createSecurityGroup } from "./security-groups";

export interface RdsArgs {
  environment: Environment;
  vpcId: pulumi.Input<string>;
  /** Isolated subnets in at least two zones. */
  dataSubnetIds: pulumi.Input<string>[];
  /** RDS instance class, such as db.t4g.small. */
  instanceClass: string;
  /** Major version (17) or minor one (17.4). */
  engineVersion: string;
  /** GiB. */
  allocatedStorage: number;
  /** GiB; limit of storage autoscaling. */
  maxAllocatedStorage: number;
  /** Whether a standby stands in a second zone. */
  multiAz: boolean;
  /** 30 to 35 days. */
  backupRetentionDays: number;
  /** Key for storage, backups and Performance Insights. */
  databaseKeyArn: pulumi.Input<string>;
  /** Key for the master secret, which RDS makes and rotates. */
  secretsKeyArn: pulumi.Input<string>;
  /** For the exported logs. */
  logs: LogGroupsArgs;
  dataLoss: DataLossGuard;
}

const port = 5432;
const databaseName = "records";
const masterUsername = "records_master";
const exportedLogs = ["postgresql", "upgrade"] as const;
const monitoringIntervalSeconds = 60;

/**
 * PostgreSQL for the records: encrypted, isolated, TLS only, audited by pgaudit without values, backed up for at least 30 days
 * (45 CFR 164.308(a)(7)(ii)(A), 164.312(a)(2)(iv), (b), (e)(1); FSBP RDS.2, .3, .6, .9, .10, .11, .13, .17, .25, .36, .46). The master secret is for operators and migrations.
 * A destroy takes the data and its backups with it: environments come and go.
 */
export class Rds extends pulumi.ComponentResource {
  readonly endpoint: pulumi.Output<string>;
  readonly port = port;
  readonly databaseName = databaseName;
  /** `{"username", "password"}`, made and rotated every seven days by RDS. */
  readonly masterSecretArn: pulumi.Output<string>;
  /** Names the instance in `rds-db:connect` permissions. */
  readonly resourceId: pulumi.Output<string>;
  /** Admits nobody until a client adds a rule. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: RdsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:database:Rds", name, {}, opts);

    const securityGroup = this.createSecurityGroup();
    const instance = this.createInstance(
      this.createSubnetGroup(),
      this.createParameterGroup(),
      securityGroup,
      this.createMonitoringRole(),
      this.createLogGroups(),
    );
    this.endpoint = instance.address;
    this.masterSecretArn = instance.masterUserSecrets.apply(masterSecretArn);
    this.resourceId = instance.resourceId;
    this.securityGroupId = securityGroup.id;

    this.registerOutputs({
      endpoint: this.endpoint,
      port: this.port,
      databaseName: this.databaseName,
      masterSecretArn: this.masterSecretArn,
      resourceId: this.resourceId,
      securityGroupId: this.securityGroupId,
    });
  }

  private createSecurityGroup() {
    return createSecurityGroup(this, "postgres", {
      type: "rds-postgres",
      environmentSuffix: this.args.environment.environmentSuffix,
      vpcId: this.args.vpcId,
      description: "PostgreSQL",
    });
  }

  private createSubnetGroup() {
    return new aws.rds.SubnetGroup(
      "postgres",
      {
        name: this.name("rds-subnets"),
        description: "Isolated subnets for PostgreSQL",
        subnetIds: this.args.dataSubnetIds,
      },
      { parent: this },
    );
  }

  private createParameterGroup() {
    const { engineVersion, instanceClass } = this.args;
    const major = majorVersion(engineVersion);
    return new aws.rds.ParameterGroup(
      "postgres",
      {
        // With the version in its name, and made first, a new major version's group stands beside the old one until the instance has moved.
        name: this.name(`rds-parameters-${major}`),
        description: "TLS only; audit without values",
        family: `postgres${major}`,
        parameters: [
          ...postgresParameters,
          { name: "max_connections", value: `${maximumConnections(instanceClass)}`, applyMethod: "pending-reboot" },
        ],
      },
      { parent: this, deleteBeforeReplace: false },
    );
  }

  private createMonitoringRole() {
    const { environment } = this.args;
    return createServiceRole(this, "monitoring", {
      environment,
      type: "rds-monitoring",
      trust: serviceTrust("monitoring.rds.amazonaws.com", environment.accountId),
      // Enhanced monitoring has one log group for the whole account, which no environment owns.
      statements: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
          // CloudWatch Logs asks for the group's ARN with what follows its name.
          Resource: `${monitoringLogGroupArn(environment)}:*`,
        },
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
          Resource: `${monitoringLogGroupArn(environment)}:log-stream:*`,
        },
      ],
    });
  }

  private createLogGroups() {
    const identifier = this.name("rds-postgres");
    return exportedLogs.map((log) => createLogGroup(this, log, serviceLogGroups.rds(identifier, log), this.args.logs));
  }

  private createInstance(
    subnetGroup: aws.rds.SubnetGroup,
    parameterGroup: aws.rds.ParameterGroup,
    securityGroup: aws.ec2.SecurityGroup,
    monitoringRole: ServiceRole,
    logGroups: aws.cloudwatch.LogGroup[],
  ) {
    const { databaseKeyArn, secretsKeyArn, dataLoss } = this.args;
    const identifier = this.name("rds-postgres");
    return new aws.rds.Instance(
      "postgres",
      {
        identifier,
        engine: "postgres",
        engineVersion: this.args.engineVersion,
        autoMinorVersionUpgrade: true,
        allowMajorVersionUpgrade: true,
        instanceClass: this.args.instanceClass,
        multiAz: this.args.multiAz,
        storageType: "gp3",
        allocatedStorage: this.args.allocatedStorage,
        maxAllocatedStorage: this.args.maxAllocatedStorage,
        ...stripedStorage(this.args.allocatedStorage),
        storageEncrypted: true,
        kmsKeyId: databaseKeyArn,
        dbName: databaseName,
        username: masterUsername,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: secretsKeyArn,
        iamDatabaseAuthenticationEnabled: true,
        port,
        dbSubnetGroupName: subnetGroup.name,
        vpcSecurityGroupIds: [securityGroup.id],
        publiclyAccessible: false,
        caCertIdentifier: "rds-ca-rsa2048-g1",
        parameterGroupName: parameterGroup.name,
        backupRetentionPeriod: this.args.backupRetentionDays,
        backupWindow: "01:00-02:00",
        maintenanceWindow: "sun:02:30-sun:03:30",
        copyTagsToSnapshot: true,
        enabledCloudwatchLogsExports: [...exportedLogs],
        monitoringInterval: monitoringIntervalSeconds,
        monitoringRoleArn: monitoringRole.arn,
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: databaseKeyArn,
        performanceInsightsRetentionPeriod: 7,
        deletionProtection: false,
        skipFinalSnapshot: true,
        deleteAutomatedBackups: true,
        applyImmediately: true,
        tags: phiTags,
      },
      {
        parent: this,
        dependsOn: [monitoringRole.ready, ...logGroups],
        // An upgrade to a major version, or a larger class for a large database, takes hours with the snapshot that RDS takes before it.
        customTimeouts: { update: "4h" },
        ...dataLoss.optionsFor("database", identifier),
      },
    );
  }

  private name(type: Parameters<typeof resourceName>[0]) {
    return resourceName(type, this.args.environment.environmentSuffix);
  }
}

/** GiB from which RDS stripes gp3 storage of PostgreSQL over four volumes (RDS user guide, "gp3 storage"). */
const stripedFrom = 400;

/** What striped storage does at least: growing into it with what one volume does would be refused. Below it neither can be set. */
function stripedStorage(allocatedStorage: number) {
  return allocatedStorage < stripedFrom ? {} : { iops: 12_000, storageThroughput: 500 };
}

/**
 * TLS only; connections and statements logged by pgaudit, without the values, which are patients' data
 * (RDS user guide, "Using pgAudit to log database activity"). Static parameters wait for a restart.
 */
const postgresParameters = [
  { name: "rds.force_ssl", value: "1", applyMethod: "immediate" },
  { name: "shared_preload_libraries", value: "pgaudit,pg_stat_statements", applyMethod: "pending-reboot" },
  { name: "pgaudit.log", value: "ddl,role,read,write", applyMethod: "immediate" },
  { name: "pgaudit.log_parameter", value: "0", applyMethod: "immediate" },
  { name: "pgaudit.log_catalog", value: "0", applyMethod: "immediate" },
  { name: "log_connections", value: "1", applyMethod: "immediate" },
  { name: "log_disconnections", value: "1", applyMethod: "immediate" },
  // Statements and their values would put patients' data into the log.
  { name: "log_statement", value: "none", applyMethod: "immediate" },
  { name: "log_min_duration_statement", value: "-1", applyMethod: "immediate" },
  // The detail of an error quotes the row.
  { name: "log_error_verbosity", value: "terse", applyMethod: "immediate" },
  { name: "log_min_error_statement", value: "panic", applyMethod: "immediate" },
  { name: "log_parameter_max_length", value: "0", applyMethod: "immediate" },
  { name: "log_parameter_max_length_on_error", value: "0", applyMethod: "immediate" },
];

const majorVersions = ["15", "16", "17", "18"] as const;

function majorVersion(engineVersion: string): (typeof majorVersions)[number] {
  const major = majorVersions.find((version) => engineVersion.split(".")[0] === version);
  if (!major) throw new Error(`engineVersion: "${engineVersion}" is not of PostgreSQL ${majorVersions.join(", ")}`);
  return major;
}

function masterSecretArn(secrets: { secretArn: string }[]): string {
  const [secret] = secrets;
  if (!secret) throw new Error("RDS has made no master secret");
  return secret.secretArn;
}

function monitoringLogGroupArn({ partition, region, accountId }: Environment): string {
  return `arn:${partition}:logs:${region}:${accountId}:log-group:RDSOSMetrics`;
}
