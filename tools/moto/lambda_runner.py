"""Lambda: functions of the Node.js runtimes really run, in processes of this machine's node, kept warm like AWS's."""

import base64
import json
import threading
import time
import uuid
from datetime import UTC, datetime

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaBackend
from moto.awslambda.responses import LambdaResponse
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.logs.models import logs_backends

from extension import extends, replaces
from lambda_sandbox import Sandboxes

# Seconds a function may take to load, whatever its own timeout ("Lambda execution environment lifecycle").
INIT_SECONDS = 10
# Bytes of log that an invocation answers with where `LogType` is `Tail`.
LOG_TAIL = 4096
REQUEST_ID = "x-amzn-requestid"


class InvalidRequestContent(LambdaClientError):
    def __init__(self, reason):
        super().__init__("InvalidRequestContentException", f"Could not parse request body into json: {reason}")


def install(node, ca_file):
    """Makes moto run functions with this node; `ca_file` takes the place of the runtime's own authorities."""
    sandboxes = Sandboxes(node, ca_file)

    @replaces(LambdaSimpleBackend)
    def invoke(self, function_name, qualifier, body, headers, response_headers):
        """AWS runs the function and answers its result, or with the header `X-Amz-Function-Error` its failure."""
        function = self.get_function(function_name, qualifier)
        try:
            event = json.loads(body or "{}")
        except ValueError as error:
            raise InvalidRequestContent(error) from None
        kind = headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind == "Event":
            threading.Thread(target=run, args=(sandboxes, function, event), daemon=True).start()
        if kind != "RequestResponse":
            return b""
        invocation = run(sandboxes, function, event)
        response_headers[REQUEST_ID] = invocation.id
        response_headers["x-amz-executed-version"] = str(function.version)
        response_headers["x-amz-log-result"] = base64.b64encode(invocation.log_tail()).decode()
        if invocation.failed:
            response_headers["x-amz-function-error"] = "Unhandled"
        return json.dumps(invocation.payload).encode()

    @extends(LambdaResponse)
    def _enrich_response(original, self, headers, body):
        """AWS answers an invocation with the id by which the function knows it; moto gives every answer another."""
        own = {name: value for name, value in headers.items() if name == REQUEST_ID}
        headers, body = original(headers, body)
        return {**headers, **own}, body

    @extends(LambdaBackend)
    def delete_function(original, self, function_name, qualifier=None):
        """AWS ends what runs of a function with it."""
        function = self.get_function(function_name, qualifier)
        original(self, function_name, qualifier)
        sandboxes.discard(lambda arn: arn == function.function_arn)

    @extends(LambdaBackend)
    def reset(original, self):
        """A reset of moto forgets the functions."""
        own = f"arn:{self.partition}:lambda:{self.region_name}:{self.account_id}:"
        sandboxes.discard(lambda arn: arn.startswith(own))
        original(self)


def run(sandboxes, function, event):
    sandbox = sandboxes.take(function)
    invocation = Invocation(function, sandbox, event)
    invocation.run()
    put_log(function, sandbox, invocation.log)
    sandboxes.give_back(function, sandbox)
    return invocation


class Invocation:
    """What one call of a function answered and logged."""

    def __init__(self, function, sandbox, event):
        self.id = str(uuid.uuid4())
        self.function = function
        self.sandbox = sandbox
        self.event = event
        self.failed = False
        self.payload = None
        self.log = []

    def run(self):
        self._log_platform(
            "start",
            {"version": str(self.function.version)},
            f"START RequestId: {self.id} Version: {self.function.version}",
        )
        started = time.monotonic()
        try:
            if not self.sandbox.ready:
                self._wait(INIT_SECONDS, "ready")
            if not self.failed:
                self._call(self.function.timeout)
        except TimeoutError:
            # AWS: "Troubleshoot execution issues in Lambda".
            self._fail("Sandbox.Timedout", f"Task timed out after {self.function.timeout:.2f} seconds")
            self._log_text(f"{_iso_now()} {self.id} Task timed out after {self.function.timeout:.2f} seconds")
        except EOFError:
            status = self.sandbox.exit_status()
            self._fail("Runtime.ExitError", f"Runtime exited with error: {status}")
            self._log_text(f"RequestId: {self.id} Error: Runtime exited with error: {status}")
        milliseconds = (time.monotonic() - started) * 1000
        self._log_end(milliseconds)

    def log_tail(self):
        return "".join(f"{line}\n" for line in self.log).encode()[-LOG_TAIL:]

    def _call(self, seconds):
        self.sandbox.send(
            {
                "event": self.event,
                "deadline": int((time.time() + seconds) * 1000),
                "context": {
                    "awsRequestId": self.id,
                    "functionName": self.function.function_name,
                    "functionVersion": str(self.function.version),
                    "invokedFunctionArn": self.function.function_arn,
                    "memoryLimitInMB": str(self.function.memory_size),
                    "logGroupName": self.sandbox.log_group,
                    "logStreamName": self.sandbox.log_stream,
                },
            }
        )
        self._wait(seconds, "result")

    def _wait(self, seconds, expected):
        answer = self.sandbox.receive(seconds, self.log)
        self.failed = answer["kind"] != expected
        self.sandbox.ready = answer["kind"] != "crash"
        self.payload = answer.get("value")

    def _fail(self, error_type, message):
        self.failed = True
        self.sandbox.ready = False
        self.payload = {"errorType": error_type, "errorMessage": f"RequestId: {self.id} Error: {message}"}

    def _log_end(self, milliseconds):
        self._log_text(f"END RequestId: {self.id}")
        self._log_platform(
            "report",
            {"metrics": {"durationMs": round(milliseconds, 3)}, "status": "error" if self.failed else "success"},
            f"REPORT RequestId: {self.id}\tDuration: {milliseconds:.2f} ms\t"
            f"Memory Size: {self.function.memory_size} MB",
        )

    def _log_platform(self, kind, record, text):
        """AWS writes its own lines in the format that the function chose, in JSON from the level that it chose."""
        self._log_text(text)
        level = "WARN" if self.failed else "INFO"
        if self.sandbox.logging["LogFormat"] == "JSON" and self.sandbox.logs_system(level):
            line = {"time": _iso_now(), "type": f"platform.{kind}", "record": {"requestId": self.id, **record}}
            self.log.append(json.dumps(line))

    def _log_text(self, line):
        if self.sandbox.logging["LogFormat"] == "Text":
            self.log.append(line)


def put_log(function, sandbox, lines):
    """AWS makes the group where it is missing, like the stream."""
    logs = logs_backends[function.account_id][function.region]
    logs.ensure_log_group(sandbox.log_group)
    logs.ensure_log_stream(sandbox.log_group, sandbox.log_stream)
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": line} for line in lines if line]
    logs.put_log_events(sandbox.log_group, sandbox.log_stream, events)


def _iso_now():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
