"""One local cloud for all tests of a run, in this process, on a free port, with a state folder of its own."""

import atexit
import functools
import importlib
import io
import logging
import os
import shutil
import socket
import tempfile
import time
import unittest
import zipfile
from pathlib import Path

import boto3
import programs

FOLDER = Path(__file__).resolve().parents[1]
REGION = "eu-west-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/function"


@functools.cache
def endpoint():
    """Starts the local cloud and answers its URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    os.environ["TAP_LOCAL_STATE"] = str(state())
    atexit.register(shutil.rmtree, state())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.environ["MOTO_PORT"] = str(port)
    importlib.import_module("server")
    importlib.import_module("data_plane").install()
    from moto.server import ThreadedMotoServer

    ThreadedMotoServer("127.0.0.1", port, verbose=False).start()
    return f"http://localhost:{port}"


@functools.cache
def state():
    return Path(tempfile.mkdtemp(prefix="tap-test-"))


def client(service):
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=endpoint(),
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def create_function(name, source, file="index.mjs", **configuration):
    role = client("iam")
    try:
        role.create_role(RoleName="function", AssumeRolePolicyDocument="{}")
    except role.exceptions.EntityAlreadyExistsException:
        pass
    return client("lambda").create_function(
        **{
            "FunctionName": name,
            "Runtime": "nodejs22.x",
            "Handler": "index.handler",
            "Role": ROLE,
            "Code": {"ZipFile": zipped({file: source})},
            **configuration,
        }
    )


def zipped(files):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return archive.getvalue()


def wait_for(condition, seconds=30):
    """The condition's first true answer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} seconds: {condition.__name__}")
        time.sleep(0.1)


def needs_data_plane(test_class):
    """Skips a test class by name where the data plane does not run."""
    missing = [name for name, path in programs.find().items() if not path]
    return unittest.skipIf(missing, f"needs {', '.join(missing)} on this machine")(test_class)
