"""The processes that functions of Lambda run in, kept warm between invocations like AWS's execution environments."""

import hashlib
import io
import json
import os
import queue
import secrets
import subprocess
import threading
import time
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from moto import settings

import child_processes

RUNNER = Path(__file__).with_name("lambda-runner.mjs")

# Seconds after which an unused process ends.
IDLE_SECONDS = 300
LOG_LEVELS = ["DEBUG", "INFO", "WARN"]


class Sandbox:
    """One process of a function. It handles one invocation at a time and keeps what the module holds between them."""

    def __init__(self, node, ca_file, function, folder):
        self.logging = logging_of(function)
        self.log_group = self.logging["LogGroup"]
        self.log_stream = f"{datetime.now(UTC):%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
        self.fingerprint = fingerprint(function)
        self.ready = False
        self.idle_timer = None
        self._answers_with = secrets.token_hex()
        self._lines = queue.Queue()
        self._process = child_processes.start(
            [node, str(RUNNER), self._answers_with, function.handler],
            cwd=folder,
            env=environment(function, self, folder, ca_file),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def logs_system(self, level):
        return LOG_LEVELS.index(level) >= LOG_LEVELS.index(self.logging["SystemLogLevel"])

    def _read(self):
        with self._process.stdout as output:
            for line in output:
                self._lines.put(line.decode(errors="replace").rstrip("\n"))
        self._lines.put(None)

    def send(self, message):
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise EOFError from None

    def receive(self, seconds, log):
        """Appends lines to the log until the runner's answer, which it returns."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError from None
            if line is None:
                raise EOFError
            if line.startswith(self._answers_with):
                if log and not log[-1]:
                    log.pop()  # the runner begins its answer on a new line
                return json.loads(line.removeprefix(self._answers_with))
            log.append(line)

    def is_alive(self):
        return self._process.poll() is None

    def exit_status(self):
        code = self._process.wait()
        return f"exit status {code}" if code >= 0 else f"signal {-code}"

    def kill(self):
        child_processes.kill(self._process)
        self._process.stdin.close()


class Sandboxes:
    def __init__(self, node, ca_file):
        self._node = node
        self._ca_file = ca_file
        self._lock = threading.Lock()
        self._idle = {}
        self._code = {}

    def take(self, function):
        """One that waits for work, or a new one; those of former code or configuration end."""
        with self._lock:
            idle = self._idle.pop(key(function), [])
            usable = [
                sandbox for sandbox in idle if sandbox.fingerprint == fingerprint(function) and sandbox.is_alive()
            ]
            taken = usable.pop() if usable else None
            self._idle[key(function)] = usable
        for sandbox in idle:
            if sandbox not in usable:
                sandbox.idle_timer.cancel()
                if sandbox is not taken:
                    sandbox.kill()
        return taken or Sandbox(self._node, self._ca_file, function, self._unpack(function))

    def give_back(self, function, sandbox):
        """Keeps it for the next invocation, for some time."""
        if not sandbox.ready:
            sandbox.kill()
            return
        sandbox.idle_timer = threading.Timer(IDLE_SECONDS, self._end, [key(function), sandbox])
        sandbox.idle_timer.daemon = True
        with self._lock:
            self._idle.setdefault(key(function), []).append(sandbox)
        sandbox.idle_timer.start()

    def discard(self, belongs):
        """Ends the unused processes of the functions whose ARN `belongs` picks."""
        with self._lock:
            picked = [(arn, version) for arn, version in self._idle if belongs(arn)]
            sandboxes = [sandbox for name in picked for sandbox in self._idle.pop(name)]
        for sandbox in sandboxes:
            sandbox.idle_timer.cancel()
            sandbox.kill()

    def _end(self, name, sandbox):
        with self._lock:
            if sandbox not in self._idle.get(name, []):
                return
            self._idle[name].remove(sandbox)
        sandbox.kill()

    def _unpack(self, function):
        with self._lock:
            folder = self._code.get(function.code_sha_256)
            if not folder:
                folder = self._code[function.code_sha_256] = child_processes.make_folder("lambda")
                zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
            return folder


def key(function):
    return function.function_arn, str(function.version)


def logging_of(function):
    """The function's `LoggingConfig`, whole; the levels count for the format JSON only."""
    return {
        "LogFormat": "Text",
        "LogGroup": f"/aws/lambda/{function.function_name}",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
        **(function.get_configuration().get("LoggingConfig") or {}),
    }


def fingerprint(function):
    """Changes with the function's code and configuration."""
    configuration = {**function.get_configuration(), "LastUpdateStatus": None}
    return hashlib.sha256(json.dumps(configuration, sort_keys=True, default=str).encode()).hexdigest()


def environment(function, sandbox, folder, ca_file):
    """What AWS documents under "Defined runtime environment variables", and the function's own."""
    variables = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ENDPOINT_URL": f"http://localhost:{settings.moto_server_port()}",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": sandbox.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": sandbox.log_stream,
        "AWS_REGION": function.region,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "test",
        "LAMBDA_TASK_ROOT": str(folder),
        "LANG": "en_US.UTF-8",
        "PATH": os.environ["PATH"],
        "TZ": ":UTC",
        "_HANDLER": function.handler,
        **function.environment_vars,
    }
    if sandbox.logging["LogFormat"] == "JSON":
        variables["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        variables["AWS_LAMBDA_LOG_LEVEL"] = sandbox.logging["ApplicationLogLevel"]
    if "NODE_EXTRA_CA_CERTS" in variables:
        variables["NODE_EXTRA_CA_CERTS"] = str(ca_file)
    return variables
