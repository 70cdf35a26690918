import base64
import json
import os
import unittest
from concurrent.futures import ThreadPoolExecutor

from tests.local_cloud import REGION, client, create_function, endpoint, needs_data_plane, state, wait_for, zipped


def invoke(name, event=None, **options):
    answer = client("lambda").invoke(FunctionName=name, Payload=json.dumps(event), **options)
    return answer, json.loads(answer["Payload"].read() or "null")


@needs_data_plane
class LambdaRunnerTest(unittest.TestCase):
    def test_runs_the_handler_and_answers_its_result(self):
        create_function("doubles", "export const handler = async ({ number }) => ({ doubled: number * 2 });")
        answer, payload = invoke("doubles", {"number": 21})
        self.assertEqual(payload, {"doubled": 42})
        self.assertEqual(answer["StatusCode"], 200)
        self.assertEqual(answer["ExecutedVersion"], "$LATEST")
        self.assertNotIn("FunctionError", answer)

    def test_runs_commonjs_with_a_callback(self):
        create_function("callback", "exports.handler = (event, context, done) => done(null, event.a + 1);", "index.js")
        self.assertEqual(invoke("callback", {"a": 1})[1], 2)

    def test_environment_is_the_runtimes_and_the_functions_own(self):
        os.environ["OUTSIDE"] = "not for functions"
        create_function(
            "environment",
            "export const handler = async () => process.env;",
            Environment={"Variables": {"GREETING": "hello", "NODE_EXTRA_CA_CERTS": "/var/runtime/ca-cert.pem"}},
            LoggingConfig={"LogGroup": "environment-log"},
        )
        _, environment = invoke("environment")
        folder, stream = environment.pop("LAMBDA_TASK_ROOT"), environment.pop("AWS_LAMBDA_LOG_STREAM_NAME")
        self.assertTrue(os.path.exists(f"{folder}/index.mjs"))
        self.assertRegex(stream, r"^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$")
        self.assertEqual(
            environment,
            {
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_DEFAULT_REGION": REGION,
                "AWS_ENDPOINT_URL": endpoint(),
                "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
                "AWS_LAMBDA_FUNCTION_NAME": "environment",
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
                "AWS_LAMBDA_LOG_GROUP_NAME": "environment-log",
                "AWS_REGION": REGION,
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_SESSION_TOKEN": "test",
                "GREETING": "hello",
                "LANG": "en_US.UTF-8",
                "NODE_EXTRA_CA_CERTS": str(state() / "ca.pem"),
                "PATH": os.environ["PATH"],
                "TZ": ":UTC",
                "_HANDLER": "index.handler",
            },
        )

    def test_context_tells_the_function_about_itself(self):
        source = """
            export const handler = async (event, context) =>
              ({ ...context, remaining: context.getRemainingTimeInMillis() });
        """
        created = create_function("context", source, Timeout=20)
        answer, context = invoke("context")
        self.assertTrue(19_000 < context.pop("remaining") <= 20_000)
        self.assertRegex(context.pop("awsRequestId"), r"^[0-9a-f-]{36}$")
        self.assertRegex(context.pop("logStreamName"), r"\[\$LATEST\]")
        self.assertEqual(
            context,
            {
                "callbackWaitsForEmptyEventLoop": True,
                "functionName": "context",
                "functionVersion": "$LATEST",
                "invokedFunctionArn": created["FunctionArn"],
                "logGroupName": "/aws/lambda/context",
                "memoryLimitInMB": "128",
            },
        )

    def test_an_invocation_is_answered_with_the_id_that_the_function_has_of_it(self):
        create_function("identified", "export const handler = async (event, context) => context.awsRequestId;")
        answers = [invoke("identified") for _ in range(2)]
        ids = [answer["ResponseMetadata"]["RequestId"] for answer, _ in answers]
        self.assertEqual(ids, [payload for _, payload in answers])
        self.assertEqual(len(set(ids)), 2)

    def test_a_thrown_error_is_an_unhandled_function_error(self):
        create_function("throws", "export const handler = async () => { throw new TypeError('no such patient'); };")
        answer, payload = invoke("throws")
        self.assertEqual((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
        self.assertEqual((payload["errorType"], payload["errorMessage"]), ("TypeError", "no such patient"))
        self.assertEqual(payload["trace"][0], "TypeError: no such patient")
        self.assertEqual(set(payload), {"errorType", "errorMessage", "trace"})

    def test_a_missing_handler_and_a_missing_module_are_named(self):
        create_function("no-handler", "export const other = 1;")
        create_function("no-module", "import 'not-bundled'; export const handler = () => 1;")
        create_function("no-file", "", "other.mjs")
        self.assertEqual(invoke("no-handler")[1]["errorType"], "Runtime.HandlerNotFound")
        answer, payload = invoke("no-module")
        self.assertEqual((answer["FunctionError"], payload["errorType"]), ("Unhandled", "Runtime.ImportModuleError"))
        self.assertIn("Cannot find package 'not-bundled'", payload["errorMessage"])
        self.assertEqual(invoke("no-file")[1]["errorMessage"], "Error: Cannot find module 'index'")

    def test_the_timeout_ends_the_function(self):
        create_function(
            "slow", "export const handler = () => new Promise((done) => setTimeout(done, 60_000));", Timeout=1
        )
        answer, payload = invoke("slow", LogType="Tail")
        self.assertEqual(answer["FunctionError"], "Unhandled")
        self.assertEqual(payload["errorType"], "Sandbox.Timedout")
        self.assertRegex(
            payload["errorMessage"], r"^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$"
        )
        self.assertIn("Task timed out after 1.00 seconds", base64.b64decode(answer["LogResult"]).decode())

    def test_an_exit_and_a_late_rejection_fail_that_invocation_only(self):
        source = """
            export const handler = async (event) => {
              if (event.exit) process.exit(3);
              if (event.reject) { Promise.reject(new RangeError("late")); await new Promise(() => {}); }
              return "fine";
            };
        """
        create_function("fragile", source)
        self.assertRegex(
            invoke("fragile", {"exit": True})[1]["errorMessage"],
            r"^RequestId: \S+ Error: Runtime exited with error: exit status 3$",
        )
        rejected = invoke("fragile", {"reject": True})[1]
        self.assertEqual(
            (rejected["errorType"], rejected["errorMessage"]), ("Runtime.UnhandledPromiseRejection", "late")
        )
        self.assertEqual(invoke("fragile", {})[1], "fine")

    def test_log_lines_arrive_in_the_functions_group_in_order(self):
        source = "export const handler = async () => { console.log('first'); console.error('second'); };"
        create_function("logs", source)
        answer, _ = invoke("logs", LogType="Tail")
        logs = client("logs")
        [stream] = logs.describe_log_streams(logGroupName="/aws/lambda/logs")["logStreams"]
        events = logs.get_log_events(logGroupName="/aws/lambda/logs", logStreamName=stream["logStreamName"])["events"]
        start, *own, end, report = [event["message"] for event in events]
        self.assertRegex(start, r"^START RequestId: [0-9a-f-]{36} Version: \$LATEST$")
        self.assertEqual(own, ["first", "second"])
        self.assertRegex(end, r"^END RequestId: ")
        self.assertRegex(report, r"^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tMemory Size: 128 MB$")
        tail = base64.b64decode(answer["LogResult"]).decode().splitlines()
        self.assertEqual(tail, [start, "first", "second", end, report])

    def json_log(self, name, **levels):
        source = """
            export const handler = async () => {
              console.debug("detail");
              console.log("patient %s", 7);
              console.warn({ slow: true });
              process.stdout.write('{"own":1}\\n');
            };
        """
        create_function(name, source, LoggingConfig={"LogGroup": name, "LogFormat": "JSON", **levels})
        invoke(name)
        return [json.loads(event["message"]) for event in client("logs").filter_log_events(logGroupName=name)["events"]]

    def test_json_log_lines_go_to_the_configured_group(self):
        start, log, warning, own, report = self.json_log("audit")
        self.assertEqual((start["type"], report["type"]), ("platform.start", "platform.report"))
        self.assertEqual(report["record"]["status"], "success")
        self.assertEqual((log["level"], log["message"]), ("INFO", "patient 7"))
        self.assertEqual((warning["level"], warning["message"]), ("WARN", {"slow": True}))
        self.assertEqual(log["requestId"], start["record"]["requestId"])
        self.assertEqual(own, {"own": 1})

    def test_json_log_lines_below_the_level_are_dropped(self):
        warning, own = self.json_log("quiet", ApplicationLogLevel="WARN", SystemLogLevel="WARN")
        self.assertEqual((warning["message"], own), ({"slow": True}, {"own": 1}))

    def test_a_warm_process_keeps_its_state_until_code_or_configuration_change(self):
        counts = "let count = 0; export const handler = async () => (count += STEP);"
        create_function("counts", counts.replace("STEP", "1"))
        self.assertEqual([invoke("counts")[1] for _ in range(3)], [1, 2, 3])
        client("lambda").update_function_configuration(FunctionName="counts", Environment={"Variables": {"A": "b"}})
        self.assertEqual(invoke("counts")[1], 1)
        client("lambda").update_function_code(
            FunctionName="counts", ZipFile=zipped({"index.mjs": counts.replace("STEP", "10")})
        )
        self.assertEqual([invoke("counts")[1] for _ in range(2)], [10, 20])

    def test_invocations_at_once_run_in_processes_of_their_own(self):
        source = "export const handler = () => new Promise((done) => setTimeout(() => done(process.pid), 500));"
        create_function("parallel", source, Timeout=20)
        with ThreadPoolExecutor() as pool:
            pids = list(pool.map(lambda _: invoke("parallel")[1], range(3)))
        self.assertEqual(len(set(pids)), 3)

    def test_deletion_ends_the_process(self):
        create_function("deleted", "export const handler = async () => process.pid;")
        pid = invoke("deleted")[1]
        os.kill(pid, 0)
        client("lambda").delete_function(FunctionName="deleted")
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)

    def test_an_event_is_answered_before_it_runs_and_a_dry_run_never_runs(self):
        create_function("later", "export const handler = async () => console.log('ran');")
        self.assertEqual(invoke("later", InvocationType="DryRun")[0]["StatusCode"], 204)
        self.assertEqual(client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/later")["logGroups"], [])
        self.assertEqual(invoke("later", InvocationType="Event")[0]["StatusCode"], 202)

        def ran():
            groups = client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/later")["logGroups"]
            return (
                groups
                and client("logs").filter_log_events(logGroupName="/aws/lambda/later", filterPattern="ran")["events"]
            )

        self.assertEqual(len(wait_for(ran)), 1)

    def test_a_function_may_call_the_local_cloud(self):
        source = """
            export const handler = async () => {
              const scope = `test/1/${process.env.AWS_REGION}/secretsmanager/aws4_request`;
              const answer = await fetch(process.env.AWS_ENDPOINT_URL, {
                method: "POST",
                headers: {
                  "content-type": "application/x-amz-json-1.1",
                  "x-amz-target": "secretsmanager.GetRandomPassword",
                  authorization: `AWS4-HMAC-SHA256 Credential=${scope}`,
                },
                body: JSON.stringify({ PasswordLength: 64 }),
              });
              return (await answer.json()).RandomPassword.length;
            };
        """
        create_function("calls-back", source, Timeout=20)
        self.assertEqual(invoke("calls-back")[1], 64)

    def test_a_payload_that_is_not_json_is_refused(self):
        create_function("json-only", "export const handler = async () => 1;")
        with self.assertRaises(client("lambda").exceptions.InvalidRequestContentException):
            client("lambda").invoke(FunctionName="json-only", Payload="{")


if __name__ == "__main__":
    unittest.main()
