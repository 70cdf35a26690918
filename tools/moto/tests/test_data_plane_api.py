import json
import time
import unittest
import urllib.error
import urllib.request

from joserfc import jwt
from tests.local_cloud import ACCOUNT, REGION, client, create_function, endpoint, needs_data_plane

ECHOES = """
    export const handler = async (event) => {
      if (event.queryStringParameters?.fail) throw new Error("no such patient");
      return {
        statusCode: 201,
        headers: { "content-type": "application/problem+json", etag: '"1"', "www-authenticate": "Bearer" },
        multiValueHeaders: { "set-cookie": ["a=1", "b=2"] },
        body: JSON.stringify(event),
      };
    };
"""


def document(function_arn, pool_arn):
    integration = {
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function_arn}/invocations",
        }
    }
    answers = {"responses": {"200": {"description": "fine"}}}
    return {
        "openapi": "3.0.1",
        "info": {"title": "records", "version": "1"},
        "paths": {
            "/health": {"get": {**answers, **integration}},
            "/patients/{patientId}": {
                "put": {**answers, **integration, "security": [{"accessToken": ["records/write"]}]},
            },
        },
        "components": {
            "securitySchemes": {
                "accessToken": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "cognito_user_pools",
                    "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [pool_arn]},
                }
            }
        },
        "x-amazon-apigateway-gateway-responses": {
            "MISSING_AUTHENTICATION_TOKEN": {
                "statusCode": 404,
                "responseParameters": {"gatewayresponse.header.Cache-Control": "'no-store'"},
                "responseTemplates": {"application/json": '{"instance":"$context.requestId"}'},
            },
        },
    }


@needs_data_plane
class ApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        function = create_function("api", ECHOES)["FunctionArn"]
        pool = client("cognito-idp").create_user_pool(PoolName="api")["UserPool"]
        cls.pool_id = pool["Id"]
        gateway = client("apigateway")
        cls.api_id = gateway.create_rest_api(name="records")["id"]
        gateway.put_rest_api(restApiId=cls.api_id, mode="overwrite", body=json.dumps(document(function, pool["Arn"])))
        deployment = gateway.create_deployment(restApiId=cls.api_id)["id"]
        gateway.create_stage(restApiId=cls.api_id, stageName="dev", deploymentId=deployment)
        client("logs").create_log_group(logGroupName="api-access-dev")
        log_format = '{"status":$context.status,"path":"$context.resourcePath","error":"$context.error.responseType"}'
        gateway.update_stage(
            restApiId=cls.api_id,
            stageName="dev",
            patchOperations=[
                {
                    "op": "replace",
                    "path": "/accessLogSettings/destinationArn",
                    "value": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:api-access-dev",
                },
                {"op": "replace", "path": "/accessLogSettings/format", "value": log_format},
            ],
        )
        client("lambda").add_permission(
            FunctionName="api",
            StatementId="api",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{cls.api_id}/*/*/*",
        )

    def request(self, method, path, token=None, body=None, stage="dev", api_id=None):
        request = urllib.request.Request(
            f"{endpoint()}/restapis/{api_id or self.api_id}/{stage}/_user_request_{path}",
            data=body,
            method=method,
            headers={"Authorization": token} if token else {},
        )
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, response.headers, json.load(response)
        except urllib.error.HTTPError as response:
            with response:
                return response.code, response.headers, json.load(response)

    def token(self, pool_id=None, **claims):
        from moto.cognitoidp.models import cognitoidp_backends

        pool = cognitoidp_backends[ACCOUNT][REGION].user_pools[self.pool_id]
        issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{pool_id or self.pool_id}"
        payload = {
            "iss": issuer,
            "sub": "jane",
            "token_use": "access",
            "scope": "records/write",
            "exp": time.time() + 60,
        }
        return jwt.encode({"alg": "RS256"}, {**payload, **claims}, pool.json_web_key)

    def test_a_public_operation_reaches_the_function_and_back(self):
        status, headers, event = self.request("GET", "/health?a=1&a=2")
        self.assertEqual(status, 201)
        self.assertEqual((headers["Content-Type"], headers["ETag"]), ("application/problem+json", '"1"'))
        self.assertEqual(headers.get_all("Set-Cookie"), ["a=1", "b=2"])
        self.assertEqual((headers["x-amzn-Remapped-WWW-Authenticate"], headers["WWW-Authenticate"]), ("Bearer", None))
        self.assertEqual(headers["x-amzn-RequestId"], event["requestContext"]["requestId"])
        self.assertEqual((event["resource"], event["path"], event["httpMethod"]), ("/health", "/health", "GET"))
        self.assertEqual(event["queryStringParameters"], {"a": "2"})
        self.assertEqual(event["multiValueQueryStringParameters"], {"a": ["1", "2"]})
        self.assertEqual((event["body"], event["pathParameters"], event["isBase64Encoded"]), (None, None, False))
        self.assertEqual(event["requestContext"]["stage"], "dev")
        self.assertEqual(event["requestContext"]["path"], "/dev/health")

    def test_a_protected_operation_takes_an_access_token_with_its_scope(self):
        status, _, event = self.request("PUT", "/patients/7%2F8", f"Bearer {self.token()}", b'{"name":"Jane"}')
        self.assertEqual(status, 201)
        self.assertEqual(event["resource"], "/patients/{patientId}")
        self.assertEqual(event["pathParameters"], {"patientId": "7/8"})
        self.assertEqual(event["body"], '{"name":"Jane"}')
        self.assertEqual(event["requestContext"]["authorizer"]["claims"]["sub"], "jane")

    def test_a_protected_operation_refuses_every_other_token(self):
        for token, status in [
            (None, 401),
            ("nonsense", 401),
            (self.token(token_use="id"), 401),
            (self.token(pool_id="eu-west-1_other"), 401),
            (self.token(exp=time.time() - 1), 401),
            (self.token()[:-4] + "AAAA", 401),
            (self.token(scope="records/read"), 403),
        ]:
            with self.subTest(token=token):
                self.assertEqual(self.request("PUT", "/patients/7", token)[0], status)

    def test_the_apis_own_responses_replace_the_gateways(self):
        status, headers, body = self.request("GET", "/nothing")
        self.assertEqual((status, headers["Cache-Control"]), (404, "no-store"))
        self.assertEqual(body, {"instance": headers["x-amzn-RequestId"]})
        self.assertEqual(self.request("PUT", "/patients/7")[2], {"message": "Unauthorized"})

    def test_a_failing_function_is_a_bad_gateway_and_tells_nothing(self):
        status, _, body = self.request("GET", "/health?fail=1")
        self.assertEqual((status, body), (502, {"message": "Internal server error"}))

    def test_an_unknown_stage_and_api_are_forbidden(self):
        self.assertEqual(self.request("GET", "/health", stage="other")[0], 403)
        self.assertEqual(self.request("GET", "/health", api_id="abcdefghij")[0], 403)

    def test_a_function_without_a_permission_is_not_called(self):
        functions = client("lambda")
        statement = json.loads(functions.get_policy(FunctionName="api")["Policy"])["Statement"][0]
        functions.remove_permission(FunctionName="api", StatementId="api")
        self.addCleanup(
            functions.add_permission,
            FunctionName="api",
            StatementId="api",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=statement["Condition"]["ArnLike"]["AWS:SourceArn"],
        )
        self.assertEqual(self.request("GET", "/health")[0], 500)

    def test_the_access_log_has_a_line_a_request_in_the_stages_format(self):
        before = self.access_log()
        self.request("GET", "/health")
        self.request("PUT", "/patients/7")
        self.assertEqual(
            self.access_log()[len(before) :],
            [
                {"status": 201, "path": "/health", "error": "-"},
                {"status": 401, "path": "/patients/{patientId}", "error": "UNAUTHORIZED"},
            ],
        )

    def access_log(self):
        events = client("logs").filter_log_events(logGroupName="api-access-dev")["events"]
        return [json.loads(event["message"]) for event in events]


if __name__ == "__main__":
    unittest.main()
