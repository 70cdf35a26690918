import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

import boto3
from cryptography import x509
from tests.local_cloud import FOLDER, REGION, needs_data_plane, wait_for, zipped

SLEEPS = "export const handler = () => new Promise((done) => setTimeout(done, 60_000));"


class Server:
    """A local cloud in a process of its own."""

    def __init__(self, **environment):
        self.state = Path(tempfile.mkdtemp(prefix="tap-test-"))
        self.temporary = self.state / "temporary"
        self.temporary.mkdir()
        self.temporary.chmod(0o755)
        self.state.chmod(0o755)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, FOLDER / "server.py", "--port", str(self.port)],
            env={
                "PATH": os.environ["PATH"],
                "TAP_LOCAL_STATE": str(self.state),
                "TMPDIR": str(self.temporary),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        wait_for(self.listens)

    def listens(self):
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", self.port)) == 0

    def client(self, service):
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=f"http://localhost:{self.port}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def fill(self):
        """One of each: a cache, a database and a function that runs. Answers the two servers' endpoints."""
        self.client("elasticache").create_replication_group(
            ReplicationGroupId="cache",
            ReplicationGroupDescription="test",
            CacheNodeType="cache.t4g.micro",
            TransitEncryptionEnabled=True,
            AuthToken="0123456789abcdef",
        )
        rds = self.client("rds")
        rds.create_db_instance(
            DBInstanceIdentifier="database",
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="records_admin",
            ManageMasterUserPassword=True,
        )
        self.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")
        functions = self.client("lambda")
        functions.create_function(
            FunctionName="sleeps",
            Runtime="nodejs22.x",
            Handler="index.handler",
            Timeout=60,
            Role="arn:aws:iam::123456789012:role/function",
            Code={"ZipFile": zipped({"index.mjs": SLEEPS})},
        )
        functions.invoke(FunctionName="sleeps", InvocationType="Event")
        rds.get_waiter("db_instance_available").wait(
            DBInstanceIdentifier="database", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        [group] = self.client("elasticache").describe_replication_groups()["ReplicationGroups"]
        cache = group["NodeGroups"][0]["PrimaryEndpoint"]
        database = rds.describe_db_instances()["DBInstances"][0]["Endpoint"]
        return [(cache["Address"], cache["Port"]), (database["Address"], database["Port"])]

    def children(self):
        """The processes that run in this server's folders, as `ps` shows them."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.temporary) in os.readlink(process / "cwd") + (process / "environ").read_text():
                    found.append((process / "comm").read_text().strip())
            except OSError:
                continue
        return sorted(set(found) - {"psql"})

    def remove(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()
        shutil.rmtree(self.state)


def listens(endpoint):
    with socket.socket() as connection:
        return connection.connect_ex(endpoint) == 0


@needs_data_plane
class EndTest(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)

    def assert_everything_ends_by(self, action):
        endpoints = self.server.fill()
        self.assertEqual([listens(endpoint) for endpoint in endpoints], [True, True])
        self.assertEqual(
            [name for name in self.server.children() if name in ("node", "postgres", "redis-server")],
            ["node", "postgres", "redis-server"],
        )
        action()

        def nothing_left():
            return not self.server.children() and not list(self.server.temporary.iterdir())

        wait_for(nothing_left)
        self.assertEqual([listens(endpoint) for endpoint in endpoints], [False, False])

    def end(self, number):
        self.server.process.send_signal(number)
        self.server.process.wait(30)

    def test_sigterm_ends_everything(self):
        self.assert_everything_ends_by(lambda: self.end(signal.SIGTERM))

    def test_sigint_ends_everything(self):
        self.assert_everything_ends_by(lambda: self.end(signal.SIGINT))

    def test_sigkill_ends_everything(self):
        self.assert_everything_ends_by(lambda: self.end(signal.SIGKILL))


@needs_data_plane
class ResetTest(unittest.TestCase):
    def test_a_reset_ends_the_servers_and_new_ones_start(self):
        server = Server()
        self.addCleanup(server.remove)
        before = server.fill()
        urllib.request.urlopen(f"http://localhost:{server.port}/moto-api/reset", b"").close()
        self.assertEqual([listens(endpoint) for endpoint in before], [False, False])
        self.assertEqual([listens(endpoint) for endpoint in server.fill()], [True, True])


class StateTest(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)

    def test_tells_which_programs_run_the_data_plane(self):
        programs = json.loads((self.server.state / "data-plane.json").read_text())
        self.assertEqual(set(programs), {"node", "postgres", "redis"})
        self.assertEqual((programs["node"], programs["redis"]), (shutil.which("node"), shutil.which("redis-server")))

    def test_the_authority_survives_a_restart_and_is_good_for_loopback_only(self):
        certificate = (self.server.state / "ca.pem").read_bytes()
        self.server.process.terminate()
        self.server.process.wait(30)
        restarted = Server(TAP_LOCAL_STATE=str(self.server.state))
        self.addCleanup(restarted.remove)
        self.assertEqual((self.server.state / "ca.pem").read_bytes(), certificate)
        self.assertEqual((self.server.state / "ca-key.pem").stat().st_mode & 0o777, 0o600)
        constraints = x509.load_pem_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.NameConstraints
        )
        self.assertTrue(constraints.critical)
        self.assertEqual([str(name.value) for name in constraints.value.permitted_subtrees], ["127.0.0.0/8"])

    def test_without_the_programs_the_control_plane_answers_and_says_so(self):
        bare = Server(PATH=str(self.server.temporary))
        self.addCleanup(bare.remove)
        programs = json.loads((bare.state / "data-plane.json").read_text())
        self.assertEqual((programs["node"], programs["redis"]), (None, None))
        bare.client("elasticache").create_replication_group(
            ReplicationGroupId="cache",
            ReplicationGroupDescription="test",
            CacheNodeType="cache.t4g.micro",
            TransitEncryptionEnabled=True,
            AuthToken="0123456789abcdef",
        )
        [group] = bare.client("elasticache").describe_replication_groups()["ReplicationGroups"]
        self.assertRegex(group["NodeGroups"][0]["PrimaryEndpoint"]["Address"], r"\.cache\.amazonaws\.com$")
        bare.process.terminate()
        [line] = [line for line in bare.process.stdout if line.startswith("Functions")]
        self.assertRegex(line, "^Functions, caches and databases do not run here, for want of: node, .*redis$")

    def test_without_one_of_the_programs_none_runs(self):
        folder = self.server.state / "programs"
        folder.mkdir()
        (folder / "node").symlink_to(sys.executable)
        partial = Server(PATH=str(folder))
        self.addCleanup(partial.remove)
        programs = json.loads((partial.state / "data-plane.json").read_text())
        self.assertEqual((programs["node"], programs["redis"]), (str(folder / "node"), None))
        partial.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")
        functions = partial.client("lambda")
        functions.create_function(
            FunctionName="fails",
            Runtime="nodejs22.x",
            Handler="index.handler",
            Role="arn:aws:iam::123456789012:role/function",
            Code={"ZipFile": zipped({"index.mjs": "export const handler = () => { throw new Error(); };"})},
        )
        answer = functions.invoke(FunctionName="fails", Payload=b'{"a":1}')
        self.assertNotIn("FunctionError", answer)
        self.assertEqual(json.load(answer["Payload"]), {"a": 1})


if __name__ == "__main__":
    unittest.main()
