import json
import re

from tests.control_plane import ControlPlaneTest, client, network


class RdsTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.rds = client("rds")
        _, self.subnets, self.security_group = network()
        self.key = client("kms").create_key()["KeyMetadata"]["Arn"]
        self.rds.create_db_subnet_group(
            DBSubnetGroupName="subnets", DBSubnetGroupDescription="data", SubnetIds=self.subnets
        )
        self.rds.create_db_parameter_group(
            DBParameterGroupName="parameters", DBParameterGroupFamily="postgres17", Description="records"
        )

    def create(self, name="rds-postgres-dev", **options):
        self.rds.create_db_instance(
            **{
                "DBInstanceIdentifier": name,
                "DBInstanceClass": "db.t4g.micro",
                "Engine": "postgres",
                "EngineVersion": "17",
                "AllocatedStorage": 20,
                "MasterUsername": "records_master",
                "ManageMasterUserPassword": True,
                "MasterUserSecretKmsKeyId": self.key,
                "DBSubnetGroupName": "subnets",
                "DBParameterGroupName": "parameters",
                "VpcSecurityGroupIds": [self.security_group],
                **options,
            }
        )

    def modify(self, **changes):
        self.rds.modify_db_instance(DBInstanceIdentifier="rds-postgres-dev", ApplyImmediately=True, **changes)

    def instance(self, name="rds-postgres-dev"):
        return self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


class InstanceTest(RdsTest):
    def test_has_a_resource_id_of_its_own_and_is_found_by_it(self):
        self.create("one")
        self.create("two")
        one, two = self.instance("one")["DbiResourceId"], self.instance("two")["DbiResourceId"]
        self.assertRegex(one, "^db-[A-Z0-9]{26}$")
        self.assertNotEqual(one, two)
        found = self.rds.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": [two]}])["DBInstances"]
        self.assertEqual([instance["DBInstanceIdentifier"] for instance in found], ["two"])

    def test_keeps_its_options(self):
        role = "arn:aws:iam::123456789012:role/monitoring"
        self.create(
            MonitoringInterval=60,
            MonitoringRoleArn=role,
            EnablePerformanceInsights=True,
            PerformanceInsightsKMSKeyId=self.key,
            PerformanceInsightsRetentionPeriod=7,
            EnableIAMDatabaseAuthentication=True,
            EnableCloudwatchLogsExports=["postgresql", "upgrade"],
            CopyTagsToSnapshot=True,
            MaxAllocatedStorage=100,
            StorageType="gp3",
            MultiAZ=True,
            BackupRetentionPeriod=30,
        )
        instance = self.instance()
        self.assertEqual((instance["MonitoringInterval"], instance["MonitoringRoleArn"]), (60, role))
        self.assertEqual(
            (instance["PerformanceInsightsEnabled"], instance["PerformanceInsightsKMSKeyId"]), (True, self.key)
        )
        self.assertEqual(instance["PerformanceInsightsRetentionPeriod"], 7)
        self.assertEqual((instance["DatabaseInsightsMode"], instance["NetworkType"]), ("standard", "IPV4"))
        self.assertIs(instance["IAMDatabaseAuthenticationEnabled"], True)
        self.assertEqual(instance["EnabledCloudwatchLogsExports"], ["postgresql", "upgrade"])
        self.assertEqual((instance["CopyTagsToSnapshot"], instance["MultiAZ"]), (True, True))
        self.assertEqual((instance["StorageType"], instance["MaxAllocatedStorage"]), ("gp3", 100))
        self.assertEqual(instance["BackupRetentionPeriod"], 30)
        self.assertEqual(instance["CACertificateIdentifier"], "rds-ca-rsa2048-g1")

    def test_has_no_performance_insights_unless_asked_for(self):
        self.create()
        self.assertIs(self.instance()["PerformanceInsightsEnabled"], False)

    def test_changes_class_storage_backups_and_insights_in_place(self):
        self.create()
        before = self.instance()
        self.modify(
            DBInstanceClass="db.t4g.medium",
            AllocatedStorage=40,
            MaxAllocatedStorage=200,
            BackupRetentionPeriod=35,
            EnablePerformanceInsights=True,
            CACertificateIdentifier="rds-ca-ecc384-g1",
        )
        instance = self.instance()
        self.assertEqual((instance["DBInstanceClass"], instance["AllocatedStorage"]), ("db.t4g.medium", 40))
        self.assertEqual((instance["MaxAllocatedStorage"], instance["BackupRetentionPeriod"]), (200, 35))
        self.assertIs(instance["PerformanceInsightsEnabled"], True)
        self.assertEqual(instance["CACertificateIdentifier"], "rds-ca-ecc384-g1")
        self.assertEqual(instance["DbiResourceId"], before["DbiResourceId"])
        self.assertEqual(instance["EngineVersion"], before["EngineVersion"])


class EngineVersionTest(RdsTest):
    def version(self):
        return self.instance()["EngineVersion"]

    def test_runs_the_newest_minor_version_of_a_major_one(self):
        self.create(EngineVersion="17")
        self.assertEqual(self.version(), "17.6")

    def test_runs_the_version_it_is_told_and_upgrades_in_place(self):
        self.create(EngineVersion="17.5")
        self.assertEqual(self.version(), "17.5")
        self.modify(EngineVersion="17")
        self.assertEqual(self.version(), "17.5")
        self.modify(EngineVersion="17.6")
        self.assertEqual(self.version(), "17.6")

    def test_upgrades_to_a_major_version_only_where_allowed(self):
        self.create(EngineVersion="16")
        message = self.assert_refused(
            "InvalidParameterCombination",
            self.rds.modify_db_instance,
            DBInstanceIdentifier="rds-postgres-dev",
            EngineVersion="17",
        )
        self.assertEqual(
            message, "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
        )
        self.assertEqual(self.version(), "16.10")
        self.modify(EngineVersion="17", AllowMajorVersionUpgrade=True)
        self.assertEqual(self.version(), "17.6")

    def test_refuses_a_version_that_does_not_exist(self):
        message = self.assert_refused(
            "InvalidParameterCombination",
            self.rds.create_db_instance,
            DBInstanceIdentifier="one",
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            EngineVersion="1",
        )
        self.assertEqual(message, "Cannot find version 1 for postgres")


class MasterUserSecretTest(RdsTest):
    def setUp(self):
        super().setUp()
        self.secrets = client("secretsmanager")

    def secret_arn(self, name="rds-postgres-dev"):
        return self.instance(name)["MasterUserSecret"]["SecretArn"]

    def value(self, secret_arn):
        return json.loads(self.secrets.get_secret_value(SecretId=secret_arn)["SecretString"])

    def test_is_a_secret_of_rds_under_the_given_key(self):
        self.create()
        self.assertEqual(self.instance()["MasterUserSecret"]["KmsKeyId"], self.key)
        secret = self.secrets.describe_secret(SecretId=self.secret_arn())
        self.assertRegex(secret["Name"], r"^rds!db-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual((secret["OwningService"], secret["KmsKeyId"]), ("rds", self.key))

    def test_holds_the_master_user_and_a_password_made_for_it(self):
        self.create("one")
        self.create("two")
        one, two = self.value(self.secret_arn("one")), self.value(self.secret_arn("two"))
        self.assertEqual(sorted(one), ["password", "username"])
        self.assertEqual(one["username"], "records_master")
        self.assertTrue(re.fullmatch(r"[^/@\" ]{28}", one["password"]), 'RDS allows no / @ " or space')
        self.assertNotEqual(one["password"], two["password"])

    def test_is_deleted_with_the_instance(self):
        self.create()
        secret_arn = self.secret_arn()
        self.rds.delete_db_instance(DBInstanceIdentifier="rds-postgres-dev", SkipFinalSnapshot=True)
        self.assert_refused("ResourceNotFoundException", self.secrets.describe_secret, SecretId=secret_arn)
        self.assert_refused(
            "DBInstanceNotFound", self.rds.describe_db_instances, DBInstanceIdentifier="rds-postgres-dev"
        )


class BackupTest(RdsTest):
    TAGS = [{"Key": "Environment", "Value": "dev"}]

    def backups(self):
        found = self.rds.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
        return [(backup["DbiResourceId"], backup["Status"], backup["TagList"]) for backup in found]

    def test_are_known_by_the_instances_id_and_have_its_tags(self):
        self.create(Tags=self.TAGS, CopyTagsToSnapshot=True)
        self.assertEqual(self.backups(), [(self.instance()["DbiResourceId"], "active", self.TAGS)])

    def test_go_with_the_instance_or_are_deleted_later(self):
        self.create(Tags=self.TAGS, CopyTagsToSnapshot=True)
        resource_id = self.instance()["DbiResourceId"]
        delete = self.rds.delete_db_instance_automated_backup
        self.assert_refused("InvalidDBInstanceAutomatedBackupState", delete, DbiResourceId=resource_id)
        self.rds.delete_db_instance(
            DBInstanceIdentifier="rds-postgres-dev", SkipFinalSnapshot=True, DeleteAutomatedBackups=False
        )
        self.assertEqual(self.backups(), [(resource_id, "retained", self.TAGS)])
        delete(DbiResourceId=resource_id)
        self.assertEqual(self.backups(), [])
        self.assert_refused("DBInstanceAutomatedBackupNotFound", delete, DbiResourceId=resource_id)


class ParameterGroupTest(RdsTest):
    name = {"DBParameterGroupName": "parameters"}

    def set(self, name, value, method):
        self.rds.modify_db_parameter_group(
            **self.name, Parameters=[{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}]
        )

    def parameters(self):
        return {
            parameter["ParameterName"]: (parameter["ParameterValue"], parameter["ApplyMethod"], parameter["Source"])
            for parameter in self.rds.describe_db_parameters(**self.name)["Parameters"]
        }

    def test_sets_and_resets_parameters(self):
        self.set("rds.force_ssl", "1", "immediate")
        self.set("shared_preload_libraries", "pgaudit", "pending-reboot")
        force_ssl = {"rds.force_ssl": ("1", "immediate", "user")}
        self.assertEqual(
            self.parameters(), {**force_ssl, "shared_preload_libraries": ("pgaudit", "pending-reboot", "user")}
        )
        self.rds.reset_db_parameter_group(
            **self.name,
            Parameters=[{"ParameterName": "shared_preload_libraries", "ApplyMethod": "pending-reboot"}],
        )
        self.assertEqual(self.parameters(), force_ssl)
        self.rds.reset_db_parameter_group(**self.name, ResetAllParameters=True)
        self.assertEqual(self.parameters(), {})

    def test_is_deleted_only_after_its_instances(self):
        self.create()
        self.assert_refused("InvalidDBParameterGroupState", self.rds.delete_db_parameter_group, **self.name)
        self.rds.delete_db_instance(DBInstanceIdentifier="rds-postgres-dev", SkipFinalSnapshot=True)
        self.rds.delete_db_parameter_group(**self.name)
        self.assertEqual(self.rds.describe_db_parameter_groups()["DBParameterGroups"], [])


class SubnetGroupTest(RdsTest):
    name = {"DBSubnetGroupName": "subnets"}

    def test_stays_when_its_subnets_change(self):
        self.rds.modify_db_subnet_group(**self.name, DBSubnetGroupDescription="isolated", SubnetIds=self.subnets[:1])
        [group] = self.rds.describe_db_subnet_groups(**self.name)["DBSubnetGroups"]
        self.assertEqual(group["DBSubnetGroupDescription"], "isolated")
        self.assertEqual([subnet["SubnetIdentifier"] for subnet in group["Subnets"]], self.subnets[:1])

    def test_is_deleted_only_after_its_instances(self):
        self.create()
        self.assert_refused("InvalidDBSubnetGroupStateFault", self.rds.delete_db_subnet_group, **self.name)
        self.rds.delete_db_instance(DBInstanceIdentifier="rds-postgres-dev", SkipFinalSnapshot=True)
        self.rds.delete_db_subnet_group(**self.name)
        self.assertEqual(self.rds.describe_db_subnet_groups()["DBSubnetGroups"], [])
