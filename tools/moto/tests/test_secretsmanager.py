import json
import time
import unittest
import uuid

from botocore.exceptions import ClientError
from tests.local_cloud import ACCOUNT, REGION, client, create_function, needs_data_plane, wait_for

# A rotation function without an SDK: it signs nothing, for the local cloud only reads the service's name.
ROTATES = """
    const call = async (operation, body) => {
      const answer = await fetch(process.env.AWS_ENDPOINT_URL, {
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `secretsmanager.${operation}`,
          authorization: `AWS4-HMAC-SHA256 Credential=test/1/${process.env.AWS_REGION}/secretsmanager/aws4_request`,
        },
        body: JSON.stringify(body),
      });
      const value = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(value.message), { name: value.__type });
      return value;
    };
    export const handler = async ({ Step, SecretId, ClientRequestToken, ...more }) => {
      const { VersionIdsToStages: stages } = await call("DescribeSecret", { SecretId });
      console.log(JSON.stringify({ Step, SecretId, ClientRequestToken, more, stages: stages[ClientRequestToken] }));
      if (Step === process.env.FAILS_AT) throw new Error(`${Step} fails`);
      if (Step === "createSecret") {
        const { RandomPassword } = await call("GetRandomPassword", { PasswordLength: 40, ExcludePunctuation: true });
        await call("PutSecretValue", {
          SecretId, ClientRequestToken, SecretString: RandomPassword, VersionStages: ["AWSPENDING"],
        });
      }
      if (Step === "finishSecret") {
        const current = Object.keys(stages).find((id) => stages[id].includes("AWSCURRENT"));
        await call("UpdateSecretVersionStage", {
          SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: ClientRequestToken, RemoveFromVersionId: current,
        });
      }
    };
"""
STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]


def create_secret(name):
    return client("secretsmanager").create_secret(Name=name, SecretString="the first value")["ARN"]


def create_rotation(name, permission=None, **environment):
    arn = create_function(name, ROTATES, Timeout=20, Environment={"Variables": environment})["FunctionArn"]
    if permission != "none":
        client("lambda").add_permission(
            FunctionName=name,
            StatementId="rotation",
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
            **(permission or {"SourceAccount": ACCOUNT}),
        )
    return arn


def describe(secret):
    return client("secretsmanager").describe_secret(SecretId=secret)


def value(secret, **version):
    return client("secretsmanager").get_secret_value(SecretId=secret, **version)["SecretString"]


def steps(function):
    """What the function was called with, in order."""
    try:
        events = client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ResourceNotFoundException", error
        return []
    return [json.loads(event["message"]) for event in events if event["message"].startswith('{"Step"')]


def settled(function, count):
    def has_run():
        return len(steps(function)) == count

    wait_for(has_run)
    time.sleep(0.5)
    return steps(function)


def rotate(secret, **options):
    return client("secretsmanager").rotate_secret(SecretId=secret, **options)


@needs_data_plane
class RotationTest(unittest.TestCase):
    def test_four_steps_move_the_current_value(self):
        secret, function = create_secret("moves"), create_rotation("rotate-moves")
        [first] = describe(secret)["VersionIdsToStages"]
        token = str(uuid.uuid4())
        started = int(time.time())
        answer = rotate(
            secret, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30}, ClientRequestToken=token
        )
        self.assertEqual((answer["ARN"], answer["VersionId"]), (secret, token))

        called = settled("rotate-moves", 4)
        self.assertEqual(
            called,
            [
                {"Step": step, "SecretId": secret, "ClientRequestToken": token, "more": {}, "stages": ["AWSPENDING"]}
                for step in STEPS
            ],
        )
        described = describe(secret)
        self.assertEqual(
            {version: sorted(stages) for version, stages in described["VersionIdsToStages"].items()},
            {first: ["AWSPREVIOUS"], token: ["AWSCURRENT", "AWSPENDING"]},
        )
        self.assertRegex(value(secret), r"^[A-Za-z0-9]{40}$")
        self.assertEqual(value(secret), value(secret, VersionId=token))
        self.assertEqual(value(secret, VersionStage="AWSPREVIOUS"), "the first value")
        self.assertEqual(described["RotationEnabled"], True)
        self.assertEqual(described["RotationLambdaARN"], function)
        self.assertEqual(described["RotationRules"], {"AutomaticallyAfterDays": 30})
        self.assertGreaterEqual(described["LastRotatedDate"].timestamp(), started)
        self.assertAlmostEqual(described["NextRotationDate"].timestamp(), started + 30 * 86400, delta=60)

        rotate(secret)
        settled("rotate-moves", 8)
        self.assertEqual(value(secret, VersionStage="AWSPREVIOUS"), value(secret, VersionId=token))
        self.assertEqual(len(describe(secret)["VersionIdsToStages"]), 2)

    def test_a_failing_step_ends_the_rotation_and_leaves_the_current_value(self):
        for failing in range(4):
            with self.subTest(step=STEPS[failing]):
                name = f"fails-{STEPS[failing].lower()}"
                secret, function = create_secret(name), create_rotation(name, FAILS_AT=STEPS[failing])
                token = rotate(secret, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30})[
                    "VersionId"
                ]
                self.assertEqual([call["Step"] for call in settled(name, failing + 1)], STEPS[: failing + 1])
                described = describe(secret)
                self.assertEqual(described["VersionIdsToStages"][token], ["AWSPENDING"])
                self.assertNotIn("LastRotatedDate", described)
                self.assertEqual(value(secret), "the first value")

    def test_an_unfinished_rotation_is_reported_and_tried_again(self):
        secret, function = create_secret("again"), create_rotation("rotate-again", FAILS_AT="testSecret")
        token = rotate(secret, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30})["VersionId"]
        settled("rotate-again", 3)
        client("lambda").update_function_configuration(FunctionName="rotate-again", Environment={"Variables": {}})
        with self.assertRaises(ClientError) as refused:
            rotate(secret)
        self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidRequestException")
        self.assertEqual({call["ClientRequestToken"] for call in settled("rotate-again", 7)}, {token})
        self.assertIn("AWSCURRENT", describe(secret)["VersionIdsToStages"][token])

    def test_without_immediate_rotation_only_the_test_step_runs_on_the_current_value(self):
        secret, function = create_secret("scheduled"), create_rotation("rotate-scheduled")
        versions = describe(secret)["VersionIdsToStages"]
        rotate(
            secret,
            RotationLambdaARN=function,
            RotationRules={"ScheduleExpression": "rate(10 days)", "Duration": "3h"},
            RotateImmediately=False,
        )
        [called] = settled("rotate-scheduled", 1)
        self.assertEqual((called["Step"], called["stages"]), ("testSecret", ["AWSPENDING"]))
        described = describe(secret)
        self.assertEqual(described["VersionIdsToStages"], versions)
        self.assertEqual(described["RotationRules"], {"ScheduleExpression": "rate(10 days)", "Duration": "3h"})
        self.assertEqual(described["RotationEnabled"], True)
        self.assertNotIn("LastRotatedDate", described)
        self.assertAlmostEqual(described["NextRotationDate"].timestamp(), time.time() + 10 * 86400, delta=60)
        self.assertEqual(value(secret), "the first value")

    def test_needs_a_permission_for_secrets_manager_on_the_function(self):
        secret = create_secret("forbidden")
        for name, permission in {
            "none": "none",
            "other-account": {"SourceAccount": "210987654321"},
            "other-secret": {"SourceArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:other-*"},
        }.items():
            with self.subTest(permission=name):
                function = create_rotation(f"forbidden-{name}", permission)
                with self.assertRaises(ClientError) as refused:
                    rotate(secret, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30})
                self.assertEqual(refused.exception.response["Error"]["Code"], "AccessDeniedException")
                self.assertNotIn("RotationEnabled", describe(secret))
        function = create_rotation("allowed", {"SourceArn": secret, "SourceAccount": ACCOUNT})
        rotate(
            secret, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30}, RotateImmediately=False
        )
        self.assertEqual(describe(secret)["RotationEnabled"], True)

    def test_needs_a_function_and_one_kind_of_schedule(self):
        secret, function = create_secret("incomplete"), create_rotation("rotate-incomplete")
        for options, code in [
            ({}, "InvalidRequestException"),
            ({"RotationLambdaARN": function + "-missing"}, "ResourceNotFoundException"),
            ({"RotationLambdaARN": function, "RotationRules": {"Duration": "3h"}}, "InvalidParameterException"),
        ]:
            with self.subTest(options=options), self.assertRaises(ClientError) as refused:
                rotate(secret, **options)
            self.assertEqual(refused.exception.response["Error"]["Code"], code)


class SecretsTest(unittest.TestCase):
    def test_a_pending_version_without_a_value_is_not_found(self):
        secret, function = create_secret("empty"), create_rotation("rotate-empty", FAILS_AT="createSecret")
        token = rotate(secret, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 1})["VersionId"]
        settled("rotate-empty", 1)
        with self.assertRaises(client("secretsmanager").exceptions.ResourceNotFoundException):
            value(secret, VersionId=token, VersionStage="AWSPENDING")

    def test_random_passwords_exclude_what_they_are_told_to(self):
        password = client("secretsmanager").get_random_password(
            PasswordLength=128, ExcludeCharacters="\"'()*+,./:;=?@[\\]_`{|}~%", RequireEachIncludedType=True
        )["RandomPassword"]
        self.assertRegex(password, r"^[A-Za-z0-9!#$&<>^-]{128}$")

    def test_a_secret_of_rds_is_managed_and_rotates_every_seven_days(self):
        created = client("rds").create_db_instance(
            DBInstanceIdentifier="managed",
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="records_admin",
            ManageMasterUserPassword=True,
        )["DBInstance"]
        secret = created["MasterUserSecret"]["SecretArn"]
        described = describe(secret)
        self.assertRegex(described["Name"], r"^rds!db-[0-9a-f-]{36}$")
        self.assertEqual(described["OwningService"], "rds")
        self.assertEqual(described["RotationEnabled"], True)
        self.assertEqual(described["RotationRules"], {"AutomaticallyAfterDays": 7})
        self.assertNotIn("RotationLambdaARN", described)
        self.assertEqual(json.loads(value(secret))["username"], "records_admin")
        rotate(secret, RotationRules={"AutomaticallyAfterDays": 30}, RotateImmediately=False)
        self.assertEqual(describe(secret)["RotationRules"], {"AutomaticallyAfterDays": 30})
        with self.assertRaises(client("secretsmanager").exceptions.InvalidRequestException):
            rotate(secret, RotationLambdaARN=create_rotation("rotate-managed"))


if __name__ == "__main__":
    unittest.main()
