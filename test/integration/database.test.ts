import { type DBInstance, DescribeDBSubnetGroupsCommand, paginateDescribeDBParameters } from "@aws-sdk/client-rds";
import { maximumConnections } from "../../lib/database-capacity";
import { findDatabase, securityGroupId } from "./lookups";
import { accountId, aws, collect, nameOf, only, outputs, partition, present } from "./stack";

let database: DBInstance;

beforeAll(async () => {
  database = await findDatabase();
});

test("is PostgreSQL under the names of the outputs", () => {
  expect(database).toMatchObject({
    DBInstanceIdentifier: nameOf("rds-postgres"),
    DBInstanceStatus: "available",
    DBName: outputs.databaseName,
    Endpoint: { Port: outputs.databasePort },
    Engine: "postgres",
    AutoMinorVersionUpgrade: true,
  });
  expect(outputs).toMatchObject({ databaseName: "records", databasePort: 5432 });
  expect(database.EngineVersion).toMatch(/^1[5-8](\.\d+)?$/);
});

describe("encryption (45 CFR 164.312(a)(2)(iv))", () => {
  test("at rest is by the database's own key", () => {
    expect(database).toMatchObject({ StorageEncrypted: true, KmsKeyId: outputs.kmsKeyArns.database });
  });

  test("in transit is by a certificate of Amazon's RSA 2048 authority", () => {
    expect(database.CACertificateIdentifier).toBe("rds-ca-rsa2048-g1");
  });

  test("in transit is forced, pgaudit logs who did what without values, and as many connect as the alarm counts on", async () => {
    const major = present(database.EngineVersion, "version").split(".")[0] ?? "";
    const DBParameterGroupName = `rds-parameters-${major}-${outputs.environmentSuffix}`;
    expect(database.DBParameterGroups).toEqual([{ DBParameterGroupName, ParameterApplyStatus: "in-sync" }]);
    const expected = {
      "rds.force_ssl": "1",
      shared_preload_libraries: "pgaudit,pg_stat_statements",
      "pgaudit.log": "ddl,role,read,write",
      "pgaudit.log_parameter": "0",
      "pgaudit.log_catalog": "0",
      log_connections: "1",
      log_disconnections: "1",
      log_statement: "none",
      log_min_duration_statement: "-1",
      log_error_verbosity: "terse",
      log_min_error_statement: "panic",
      log_parameter_max_length: "0",
      log_parameter_max_length_on_error: "0",
      max_connections: String(maximumConnections(present(database.DBInstanceClass, "instance class"))),
    };
    const parameters = await collect(
      paginateDescribeDBParameters({ client: aws.rds }, { DBParameterGroupName }),
      (page) => page.Parameters,
    );
    // A parameter that is set to its default stays one of RDS's or the engine's.
    const ours = parameters.filter(({ ParameterName = "", Source }) => Source === "user" || ParameterName in expected);
    expect(
      Object.fromEntries(ours.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue])),
    ).toEqual(expected);
  });
});

describe("network", () => {
  test("is the isolated subnets only", async () => {
    expect(database.PubliclyAccessible).toBe(false);
    expect(database.DBSubnetGroup).toMatchObject({
      DBSubnetGroupName: nameOf("rds-subnets"),
      SubnetGroupStatus: "Complete",
      VpcId: outputs.vpcId,
    });
    const { DBSubnetGroups } = await aws.rds.send(
      new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: nameOf("rds-subnets") }),
    );
    const { Subnets } = only(DBSubnetGroups, "subnet group");
    expect(Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier).sort()).toEqual(outputs.dataSubnetIds.toSorted());
  });

  test("is guarded by the database's security group alone", async () => {
    const GroupId = await securityGroupId("rds-postgres");
    expect(database.VpcSecurityGroups).toEqual([{ VpcSecurityGroupId: GroupId, Status: "active" }]);
  });
});

describe("credentials", () => {
  test("of the master are made by RDS in the secret of the outputs, under the secrets' key", () => {
    expect(database.MasterUsername).toBe("records_master");
    expect(database.MasterUserSecret).toEqual({
      SecretArn: outputs.databaseSecretArn,
      SecretStatus: "active",
      KmsKeyId: outputs.kmsKeyArns.secrets,
    });
  });

  test("of everybody else may be IAM's", () => {
    expect(database.IAMDatabaseAuthenticationEnabled).toBe(true);
  });
});

describe("backups and storage", () => {
  test("are kept for at least 30 days, with the instance's tags", () => {
    expect(database.BackupRetentionPeriod).toBeGreaterThanOrEqual(30);
    expect(database.BackupRetentionPeriod).toBeLessThanOrEqual(35);
    expect(database).toMatchObject({
      CopyTagsToSnapshot: true,
      PreferredBackupWindow: "01:00-02:00",
      PreferredMaintenanceWindow: "sun:02:30-sun:03:30",
    });
  });

  test("are gp3 and grow by themselves, by 10 % at least", () => {
    const { AllocatedStorage, MaxAllocatedStorage, StorageType } = database;
    expect(StorageType).toBe("gp3");
    expect(AllocatedStorage).toBeGreaterThanOrEqual(20);
    expect(MaxAllocatedStorage).toBeGreaterThanOrEqual(1.1 * present(AllocatedStorage, "storage"));
  });

  test("do not stand in the way of a teardown", () => {
    expect(database.DeletionProtection).toBe(false);
  });
});

describe("monitoring", () => {
  test("exports exactly the two logs of PostgreSQL on RDS", () => {
    expect(database.EnabledCloudwatchLogsExports?.toSorted()).toEqual(["postgresql", "upgrade"]);
  });

  test("of the operating system runs every minute in its own role", () => {
    expect(database).toMatchObject({
      MonitoringInterval: 60,
      MonitoringRoleArn: `arn:${partition}:iam::${accountId}:role/${nameOf("rds-monitoring")}`,
    });
  });

  test("of queries keeps a week, encrypted by the database's key", () => {
    expect(database).toMatchObject({
      PerformanceInsightsEnabled: true,
      PerformanceInsightsKMSKeyId: outputs.kmsKeyArns.database,
      PerformanceInsightsRetentionPeriod: 7,
    });
  });
});
