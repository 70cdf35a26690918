"""What is asked of the local AWS, by whom and about what: for the tests of what a deployment must be allowed to do."""

import json
import os
import re
import threading
from io import BytesIO
from pathlib import Path

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

# The service that a request is signed for.
SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
# botocore's names of services whose requests are signed under another one.
SIGNED_OTHERWISE = {"monitoring": "cloudwatch"}
# Parameters that say what an operation is about; none of them can hold a secret.
SUBJECTS = re.compile(r"(Name|Arn|Id|Identifier|Family|Prefix|Boundary|Qualifier|Resource|Rule|Role|Cluster|Service|Key|Bucket)(s|List)?$", re.I)
TAGS = re.compile(r"Tag", re.I)


def noting_operations(application):
    """Adds every operation, once for the same parameters, to `operations.jsonl` in the state folder, if it has one."""
    folder = os.environ.get("TAP_LOCAL_STATE")
    if not folder:
        return application
    file = Path(folder) / "operations.jsonl"
    file.unlink(missing_ok=True)
    noted = set()
    lock = threading.Lock()

    def answer(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        try:
            line = describe(Request({**environ, "wsgi.input": BytesIO(body)}))
        except NotFound:
            # Another service's, which is signed as this one's (S3 Control), or nobody's: that is for moto to say.
            line = ""
        with lock:
            if line and line not in noted:
                noted.add(line)
                with file.open("a") as log:
                    log.write(line + "\n")
        return application(environ, start_response)

    return answer


def describe(request):
    """One line of JSON; empty for a request that nobody has signed, such as one of the API's clients."""
    signed = SIGNED_FOR.search(request.headers.get("Authorization", ""))
    if not signed:
        return ""
    service = SIGNED_OTHERWISE.get(signed[1], signed[1])
    operation, uri = operation_of(service, request)
    return json.dumps(
        {
            "caller": caller(request.headers.get("User-Agent", "")),
            "service": service,
            "operation": operation,
            "request": f"{request.method} {request.path}",
            "parameters": subjects(parameters(service, operation, request, uri)),
        },
        sort_keys=True,
    )


def caller(agent):
    """The provider, the search for leftovers and their removal, a function, or who else has the SDK for JavaScript: the integration suite."""
    if "Terraform" in agent:
        return "provider"
    if "app/tap-sweep" in agent:
        return "sweep"
    if "aws-sdk-js" in agent:
        return "function" if "AWS_Lambda" in agent else "client"
    return "other"


def operation_of(service, request):
    target = request.headers.get("X-Amz-Target")
    if target:
        return target.split(".")[-1], {}
    if "Action" in request.values:
        return request.values["Action"], {}
    operation, uri = get_service_router(service).match(request)
    return operation.name, uri


def parameters(service, operation, request, uri):
    model = get_service_model(service)
    parser = PROTOCOL_PARSERS[determine_request_protocol(model, request.content_type)]
    return parser(model.operation_model(operation)).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": uri,
        }
    )


def subjects(values):
    """The parameters that say what it is about, and those inside of others."""
    found = {}
    for name, value in values.items():
        if TAGS.search(name):
            found[name] = value
        elif isinstance(value, dict):
            found[name] = subjects(value)
        elif SUBJECTS.search(name) and isinstance(value, list | str) and all(isinstance(item, str) for item in value):
            found[name] = value
    return found
