"""A local AWS without its data plane, in a process of its own, emptied before each test."""

import atexit
import functools
import os
import socket
import subprocess
import sys
import unittest
import urllib.request

import boto3

from tests.local_cloud import ACCOUNT, FOLDER, REGION, wait_for

# Without AWS's managed policies and machine images, which moto would make anew for each test.
SERVER = """
import server
server.default_user_config["iam"]["load_aws_managed_policies"] = False
server.main()
"""


@functools.cache
def endpoint():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, "--port", str(port)],
        cwd=FOLDER,
        env={**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(process.wait)
    atexit.register(process.terminate)

    def listens():
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", port)) == 0

    wait_for(listens)
    return f"http://localhost:{port}"


@functools.cache
def client(service):
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=endpoint(),
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def arn(service, resource):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


class ControlPlaneTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        urllib.request.urlopen(f"{endpoint()}/moto-api/reset", data=b"").close()

    def assert_refused(self, code, call, **arguments):
        """The call fails with this error code; answers the message."""
        with self.assertRaises(call.__self__.exceptions.ClientError) as refused:
            call(**arguments)
        self.assertEqual(refused.exception.response["Error"]["Code"], code)
        return refused.exception.response["Error"]["Message"]


def network():
    """A VPC with one subnet in each of two zones, and a security group."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for index, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(VpcId=vpc, GroupName="data", Description="data")["GroupId"]
    return vpc, subnets, group
