import json
import os
import subprocess
import unittest

from tests.local_cloud import client, needs_data_plane, state, wait_for


def create_instance(id, **options):
    return client("rds").create_db_instance(
        **{
            "DBInstanceIdentifier": id,
            "DBInstanceClass": "db.t4g.micro",
            "Engine": "postgres",
            "EngineVersion": "16",
            "AllocatedStorage": 20,
            "MasterUsername": "records_admin",
            "ManageMasterUserPassword": True,
            "DBName": "records",
            **options,
        }
    )["DBInstance"]


def describe(id):
    return client("rds").describe_db_instances(DBInstanceIdentifier=id)["DBInstances"][0]


def available(id):
    def is_available():
        status = describe(id)["DBInstanceStatus"]
        assert status in ("creating", "available"), status
        return status == "available"

    wait_for(is_available, 60)
    return describe(id)


def credentials(instance):
    secret = client("secretsmanager").get_secret_value(SecretId=instance["MasterUserSecret"]["SecretArn"])
    return json.loads(secret["SecretString"])


def psql(instance, user, password, sql, sslmode="verify-full"):
    endpoint = instance["Endpoint"]
    address = f"host={endpoint['Address']} port={endpoint['Port']} dbname=records user={user}"
    trust = f"sslmode={sslmode} sslrootcert={state() / 'ca.pem'}"
    return subprocess.run(
        ["psql", f"{address} {trust}", "--no-psqlrc", "--tuples-only", "--no-align", "--command", sql],
        env={"PATH": os.environ["PATH"], "PGPASSWORD": password},
        capture_output=True,
        text=True,
    )


@needs_data_plane
class DataPlanePostgresTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.created = create_instance("shared")
        cls.instance = available("shared")

    def query(self, sql, **options):
        user = credentials(self.instance)
        run = psql(self.instance, user["username"], user["password"], sql, **options)
        self.assertEqual(run.stderr, "")
        return run.stdout.strip()

    def test_is_creating_until_it_takes_connections(self):
        self.assertEqual(self.created["DBInstanceStatus"], "creating")

    def test_answers_over_tls_with_the_managed_secret(self):
        self.assertRegex(self.instance["Endpoint"]["Address"], r"^127\.43\.\d+\.\d+$")
        self.assertEqual(self.instance["Endpoint"]["Port"], 5432)
        self.assertEqual(self.query("SELECT 1"), "1")
        self.assertEqual(
            self.query(
                "SELECT current_user, current_database(), ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            ),
            "records_admin|records|t|TLSv1.3",
        )

    def test_refuses_without_tls(self):
        user = credentials(self.instance)
        run = psql(self.instance, user["username"], user["password"], "SELECT 1", sslmode="disable")
        self.assertEqual(run.stdout, "")
        self.assertIn("no pg_hba.conf entry for host", run.stderr)
        self.assertIn("no encryption", run.stderr)

    def test_refuses_a_wrong_password_and_the_administrator_of_the_service(self):
        for user in "records_admin", "rdsadmin":
            run = psql(self.instance, user, "wrong", "SELECT 1")
            self.assertEqual(run.stdout, "")
            self.assertIn(f'password authentication failed for user "{user}"', run.stderr)

    def test_the_master_user_is_no_superuser(self):
        self.assertEqual(
            self.query("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"),
            "f|t|t",
        )
        self.assertEqual(self.query("SELECT pg_has_role('rds_superuser', 'member')"), "t")

    def test_rotation_of_the_managed_secret_sets_the_password_in_the_server(self):
        before = credentials(self.instance)
        client("secretsmanager").rotate_secret(SecretId=self.instance["MasterUserSecret"]["SecretArn"])

        def rotated():
            return credentials(self.instance) != before

        wait_for(rotated)
        self.assertEqual(self.query("SELECT 1"), "1")
        self.assertEqual(credentials(self.instance)["username"], "records_admin")
        run = psql(self.instance, before["username"], before["password"], "SELECT 1")
        self.assertIn("password authentication failed", run.stderr)

    def test_a_given_password_works_and_changes_by_modification(self):
        create_instance("given", ManageMasterUserPassword=False, MasterUserPassword='it\'s-"first"', Port=5499)
        instance = available("given")
        self.assertEqual(psql(instance, "records_admin", 'it\'s-"first"', "SELECT 1").stdout, "1\n")
        client("rds").modify_db_instance(
            DBInstanceIdentifier="given", MasterUserPassword="second-password", ApplyImmediately=True
        )
        self.assertEqual(psql(instance, "records_admin", "second-password", "SELECT 1").stdout, "1\n")
        client("rds").delete_db_instance(DBInstanceIdentifier="given", SkipFinalSnapshot=True)
        self.assertIn("Connection refused", psql(instance, "records_admin", "second-password", "SELECT 1").stderr)

    def test_without_force_ssl_takes_plain_connections(self):
        rds = client("rds")
        rds.create_db_parameter_group(
            DBParameterGroupName="plain", DBParameterGroupFamily="postgres16", Description="-"
        )
        rds.modify_db_parameter_group(
            DBParameterGroupName="plain",
            Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}],
        )
        create_instance("plain", DBParameterGroupName="plain")
        instance = available("plain")
        password = credentials(instance)["password"]
        self.assertEqual(psql(instance, "records_admin", password, "SELECT 1", sslmode="disable").stdout, "1\n")


if __name__ == "__main__":
    unittest.main()
