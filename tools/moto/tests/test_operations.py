import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import boto3
from botocore.config import Config
from moto.core.request import Request
from werkzeug.test import Client
from werkzeug.wrappers import Response

import operations
from tests.local_cloud import REGION

# What the callers say of themselves.
PROVIDER = "APN/1.0 HashiCorp/1.0 Terraform/1.9 aws-sdk-go-v2/1.30"
FUNCTION = "aws-sdk-js/3.1162.0 exec-env/AWS_Lambda_nodejs22.x"
CLIENT = "aws-sdk-js/3.1162.0 md/nodejs#22.1.0"
SWEEP = f"{CLIENT} app/tap-sweep"


class OperationsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "operations.jsonl"

        def application(environ, start_response):
            return Response(Request(environ).get_data())(environ, start_response)

        with patch.dict(os.environ, {"TAP_LOCAL_STATE": folder.name}):
            self.local = Client(operations.noting_operations(application))

    def ask(self, service, operation, agent=PROVIDER, endpoint_url=None, **arguments):
        """Sends what boto3 would, as somebody; answers what the application got of it."""
        config = Config(user_agent=agent, parameter_validation=False, s3={"addressing_style": "virtual"})
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        client = boto3.client(service, REGION, endpoint_url=endpoint_url, config=config, **keys)
        sent = []

        def send(request, **_):
            texts = [(name, value.decode() if isinstance(value, bytes) else value) for name, value in request.headers.items()]
            base_url = request.url.removesuffix(request.url.split("/", 3)[3])
            answer = self.local.open(request.url, base_url=base_url, method=request.method, data=request.body, headers=dict(texts))
            sent.append(answer.get_data())
            raise InterruptedError

        client.meta.events.register("before-send", send)
        with self.assertRaises(InterruptedError):
            getattr(client, operation)(**arguments)
        return sent[0]

    def noted(self):
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def test_notes_an_operation_of_every_protocol_with_what_it_is_about(self):
        self.ask("ec2", "delete_subnet", SubnetId="subnet-1")
        self.ask("iam", "get_role", RoleName="ecs-task-dev")
        self.ask("kms", "describe_key", KeyId="key-1")
        self.ask("lambda", "get_function", FunctionName="records-service-dev")
        self.ask("lambda", "invoke", FunctionName="schema-migration-dev", Qualifier="$LATEST", Payload=b"{}")
        self.assertEqual(
            [(line["service"], line["operation"], line["parameters"]) for line in self.noted()],
            [
                ("ec2", "DeleteSubnet", {"SubnetId": "subnet-1"}),
                ("iam", "GetRole", {"RoleName": "ecs-task-dev"}),
                ("kms", "DescribeKey", {"KeyId": "key-1"}),
                ("lambda", "GetFunction", {"FunctionName": "records-service-dev"}),
                ("lambda", "Invoke", {"FunctionName": "schema-migration-dev", "Qualifier": "$LATEST"}),
            ],
        )
        self.assertEqual(self.noted()[3]["request"], "GET /2015-03-31/functions/records-service-dev")

    def test_notes_the_bucket_of_the_host(self):
        self.ask("s3", "get_bucket_acl", endpoint_url="http://localhost:5000", Bucket="bucket")
        self.assertEqual([line["parameters"] for line in self.noted()], [{"Bucket": "bucket"}])
        self.assertEqual(self.noted()[0]["request"], "GET /")

    def test_hands_the_request_on_whole(self):
        self.assertEqual(json.loads(self.ask("kms", "describe_key", KeyId="key-1")), {"KeyId": "key-1"})

    def test_tells_the_callers_apart_and_notes_the_same_once(self):
        for agent in [PROVIDER, FUNCTION, CLIENT, SWEEP, "curl", PROVIDER]:
            self.ask("kms", "describe_key", agent, KeyId="key-1")
        self.assertEqual([line["caller"] for line in self.noted()], ["provider", "function", "client", "sweep", "other"])

    def test_notes_tags_and_what_stands_inside_but_no_secret(self):
        tags = [{"Key": "a", "Value": "b"}]
        self.ask("secretsmanager", "create_secret", Name="redis-auth-dev", SecretString="very", Tags=tags)
        self.ask("elasticache", "modify_replication_group", ReplicationGroupId="redis-dev", AuthToken="very")
        logging = {"ResourceArn": "arn:acl", "LogDestinationConfigs": ["arn:logs"]}
        self.ask("wafv2", "put_logging_configuration", LoggingConfiguration=logging)
        self.assertEqual(
            [line["parameters"] for line in self.noted()],
            [
                {"Name": "redis-auth-dev", "Tags": tags},
                {"ReplicationGroupId": "redis-dev"},
                {"LoggingConfiguration": {"ResourceArn": "arn:acl"}},
            ],
        )
        self.assertNotIn("very", self.file.read_text())

    def test_notes_nothing_that_nobody_has_signed_or_no_service_knows(self):
        self.local.get("/restapis/api/dev/_user_request_/health")
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/s3/aws4_request, Signature=b"}
        self.assertEqual(self.local.post("/v20180820/tags/arn", headers=signed).status_code, 200)
        self.assertFalse(self.file.exists())
