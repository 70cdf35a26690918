"""API Gateway: REST APIs answer at `/restapis/<api>/<stage>/_user_request_/<path>` of the local cloud.

What stands behind a request on AWS happens here too: route, authorizer and scopes, the function with its permission,
the gateway's own responses, the access log. Request validation, throttling and the web ACL do not.
"""

import base64
import json
import re
import time
import uuid
from datetime import UTC, datetime
from urllib.parse import unquote

from joserfc import jwt
from joserfc.errors import JoseError
from moto.apigateway.models import apigateway_backends
from moto.cognitoidp.models import cognitoidp_backends
from moto.logs.models import logs_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from werkzeug.wrappers import Request, Response

import function_calls
from extension import extends

PATH = re.compile(r"/restapis/(?P<api_id>[^/]+)/(?P<stage>[^/]+)/_user_request_(?P<path>/.*)?")

# AWS: "Gateway response types". The status and the message where the API does not say otherwise.
RESPONSES = {
    "ACCESS_DENIED": (403, "Forbidden"),
    "API_CONFIGURATION_ERROR": (500, "Internal server error"),
    "EXPIRED_TOKEN": (401, "The incoming token has expired"),
    "DEFAULT_5XX": (502, "Internal server error"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token"),
    "UNAUTHORIZED": (401, "Unauthorized"),
}


# AWS: "Amazon API Gateway important notes". What a function answers in this header arrives in another.
REMAPPED = {"www-authenticate": "x-amzn-Remapped-WWW-Authenticate"}


class Refused(Exception):
    """Answered by the gateway itself."""

    def __init__(self, response_type):
        super().__init__(response_type)
        self.response_type = response_type


@extends(DomainDispatcherApplication)
def __call__(original, self, environ, start_response):
    """AWS serves each API under a host name of its own."""
    match = PATH.fullmatch(environ["REQUEST_URI"].partition("?")[0])
    if not match:
        return original(self, environ, start_response)
    response = answer(Request(environ), match["api_id"], match["stage"], match["path"] or "/")
    return response(environ, start_response)


def answer(request, api_id, stage_name, path):
    backend = backend_of(api_id)
    if backend is None or stage_name not in backend.apis[api_id].stages:
        return Response(json.dumps({"message": "Forbidden"}), 403, content_type="application/json")
    call = Call(backend, backend.apis[api_id], stage_name, path, request)
    try:
        response = call.run()
    except Refused as refused:
        response = call.gateway_response(refused.response_type)
    call.write_access_log(response)
    return response


def backend_of(api_id):
    for account in apigateway_backends.values():
        for backend in account.values():
            if api_id in backend.apis:
                return backend
    return None


class Call:
    """One request to a stage."""

    def __init__(self, backend, api, stage_name, path, request):
        self.backend = backend
        self.api = api
        self.stage = api.stages[stage_name]
        self.path = path
        self.request = request
        self.started = time.time()
        self.context = {
            "accountId": backend.account_id,
            "apiId": api.id,
            "domainName": request.host,
            "extendedRequestId": str(uuid.uuid4()),
            "httpMethod": request.method,
            "identity": {"sourceIp": request.remote_addr, "userAgent": request.headers.get("User-Agent")},
            "path": f"/{stage_name}{path}",
            "protocol": request.environ["SERVER_PROTOCOL"],
            "requestId": str(uuid.uuid4()),
            "requestTime": datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S %z"),
            "requestTimeEpoch": int(self.started * 1000),
            "stage": stage_name,
        }

    def run(self):
        resource, parameters = self.route()
        self.context.update(resourceId=resource.id, resourcePath=resource.get_path())
        method = self.method_of(resource)
        self.authorize(method)
        return self.integrate(method.method_integration, resource, parameters)

    def method_of(self, resource):
        return resource.resource_methods.get(self.request.method) or resource.resource_methods.get("ANY")

    def route(self):
        """The resource of the path: literal parts before `{parameters}`, those before `{greedy+}` ones."""
        routes = []
        for resource in self.api.resources.values():
            match = re.fullmatch(pattern(resource.get_path()), self.path)
            if match and self.method_of(resource):
                order = [(part.endswith("+}"), part.startswith("{")) for part in resource.get_path().split("/")]
                parameters = {name: unquote(value) for name, value in zip(names(resource.get_path()), match.groups())}
                routes.append((order, resource, parameters))
        if not routes:
            raise Refused("MISSING_AUTHENTICATION_TOKEN")
        _, resource, parameters = min(routes, key=lambda route: route[0])
        return resource, parameters

    def authorize(self, method):
        if method.authorization_type == "NONE":
            return
        if method.authorization_type != "COGNITO_USER_POOLS":
            raise Refused("API_CONFIGURATION_ERROR")
        authorizer = self.api.authorizers[method.authorizer_id]
        header = authorizer.identity_source.removeprefix("method.request.header.")
        claims = self.claims(authorizer, self.request.headers.get(header, "").removeprefix("Bearer "))
        # AWS takes access tokens where the method has scopes, and ID tokens where it has none.
        if claims.get("token_use") != ("access" if method.authorization_scopes else "id"):
            raise Refused("UNAUTHORIZED")
        if method.authorization_scopes and not set(method.authorization_scopes) & set(claims["scope"].split()):
            raise Refused("ACCESS_DENIED")
        if claims["exp"] < self.started:
            raise Refused("EXPIRED_TOKEN")
        self.context["authorizer"] = {"claims": {name: str(value) for name, value in claims.items()}}

    def claims(self, authorizer, token):
        for arn in authorizer.provider_arns:
            region, pool_id = arn.split(":")[3], arn.rsplit("/", 1)[1]
            pool = cognitoidp_backends[self.backend.account_id][region].user_pools[pool_id]
            try:
                claims = jwt.decode(token, pool.json_web_key, algorithms=["RS256"]).claims
            except (JoseError, ValueError):
                continue
            if claims["iss"].endswith(f"/{pool_id}"):
                return claims
        raise Refused("UNAUTHORIZED")

    def integrate(self, integration, resource, parameters):
        if integration is None or integration.integration_type != "AWS_PROXY":
            raise Refused("API_CONFIGURATION_ERROR")
        arn = re.search(r"/functions/(arn:[^/]+)/invocations", integration.uri)[1]
        source = (
            f"arn:aws:execute-api:{self.backend.region_name}:{self.backend.account_id}:{self.api.id}/{self.stage.name}"
            f"/{self.request.method}{resource.get_path()}"
        )
        function = function_calls.find(self.backend.account_id, arn)
        if not function_calls.may_call(function, "apigateway.amazonaws.com", self.backend.account_id, source):
            raise Refused("API_CONFIGURATION_ERROR")
        started = time.time()
        result, failed = function_calls.call(self.backend.account_id, arn, self.event(resource, parameters))
        self.context["integrationLatency"] = round((time.time() - started) * 1000)
        if failed or not isinstance(result, dict) or not isinstance(result.get("statusCode"), int):
            raise Refused("DEFAULT_5XX")
        return self.response_of(result)

    def event(self, resource, parameters):
        """AWS: "Input format of a Lambda function for proxy integration"."""
        headers, query = self.request.headers, self.request.args
        body = self.request.get_data()
        try:
            text, encoded = body.decode(), False
        except UnicodeDecodeError:
            text, encoded = base64.b64encode(body).decode(), True
        return {
            "resource": resource.get_path(),
            "path": self.path,
            "httpMethod": self.request.method,
            "headers": dict(headers) or None,
            "multiValueHeaders": {name: headers.getlist(name) for name in headers.keys()} or None,
            "queryStringParameters": {name: values[-1] for name, values in query.lists()} or None,
            "multiValueQueryStringParameters": dict(query.lists()) or None,
            "pathParameters": parameters or None,
            "stageVariables": self.stage.variables or None,
            "requestContext": self.context,
            "body": text or None,
            "isBase64Encoded": encoded,
        }

    def response_of(self, result):
        body = result.get("body") or ""
        response = Response(base64.b64decode(body) if result.get("isBase64Encoded") else body, result["statusCode"])
        response.headers["Content-Type"] = "application/json"
        for name, value in (result.get("headers") or {}).items():
            response.headers[REMAPPED.get(name.lower(), name)] = str(value)
        for name, values in (result.get("multiValueHeaders") or {}).items():
            response.headers.setlist(name, [str(value) for value in values])
        response.headers["x-amzn-RequestId"] = self.context["requestId"]
        return response

    def gateway_response(self, response_type):
        status, message = RESPONSES[response_type]
        self.context["error"] = {
            "message": message,
            "messageString": json.dumps(message),
            "responseType": response_type,
        }
        responses = self.api.gateway_responses
        own = responses.get(response_type) or responses.get(f"DEFAULT_{status // 100}XX")
        if own and own.status_code:
            status = int(own.status_code)
        template = (own and own.response_templates or {}).get(
            "application/json", '{"message":$context.error.messageString}'
        )
        response = Response(self.fill(template), status, content_type="application/json")
        for name, value in (own and own.response_parameters or {}).items():
            if value.startswith("'"):
                response.headers[name.removeprefix("gatewayresponse.header.")] = value.strip("'")
        response.headers["x-amzn-RequestId"] = self.context["requestId"]
        return response

    def fill(self, template):
        """Puts values of `$context` into a template, `-` where there is none."""

        def value(match):
            found = self.context
            for name in match[1].split("."):
                found = found.get(name) if isinstance(found, dict) else None
            return "-" if found is None else str(found)

        return re.sub(r"\$context\.(\w+(?:\.\w+)*)", value, template)

    def write_access_log(self, response):
        settings = self.stage.access_log_settings
        if not settings:
            return
        self.context.update(
            status=response.status_code,
            responseLength=response.content_length,
            responseLatency=round((time.time() - self.started) * 1000),
        )
        logs = logs_backends[self.backend.account_id][self.backend.region_name]
        group = settings["destinationArn"].split(":log-group:")[1].removesuffix(":*")
        stream = self.api.id
        logs.ensure_log_stream(group, stream)
        logs.put_log_events(
            group, stream, [{"timestamp": int(self.started * 1000), "message": self.fill(settings["format"])}]
        )


def pattern(path):
    parts = re.split(r"(\{[^}]+\})", path)
    return "".join(
        ("(.+)" if part.endswith("+}") else "([^/]+)") if part.startswith("{") else re.escape(part) for part in parts
    )


def names(path):
    return [name.rstrip("+") for name in re.findall(r"\{([^}]+)\}", path)]
