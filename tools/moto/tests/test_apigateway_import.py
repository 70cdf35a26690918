import json

from tests.control_plane import ControlPlaneTest, arn, client

USER_POOL = arn("cognito-idp", "userpool/eu-west-1_users")
FUNCTION = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/records/invocations"
PROXY = {"type": "aws_proxy", "httpMethod": "POST", "uri": FUNCTION}
OK = {"200": {"description": "fine"}}
HEALTH = {"security": [], "responses": OK, "x-amazon-apigateway-integration": PROXY}


def reference(kind, name):
    return {"$ref": f"#/components/{kind}/{name}"}


def content(schema):
    return {"application/json": {"schema": schema}}


DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "records", "version": "1.0.0", "description": "Patients and their records"},
    "security": [{"users": ["records/read"]}],
    "x-amazon-apigateway-request-validators": {
        "all": {"validateRequestBody": True, "validateRequestParameters": True},
        "body": {"validateRequestBody": True, "validateRequestParameters": False},
    },
    "x-amazon-apigateway-request-validator": "all",
    "x-amazon-apigateway-gateway-responses": {
        "UNAUTHORIZED": {
            "statusCode": 401,
            "responseParameters": {"gatewayresponse.header.Cache-Control": "'no-store'"},
            "responseTemplates": {"application/problem+json": '{"status":401}'},
        },
        "DEFAULT_5XX": {"responseTemplates": {"application/problem+json": "{}"}},
    },
    "components": {
        "schemas": {
            "Patient": {"type": "object", "description": "A patient", "properties": {"name": {"type": "string"}}},
            "Page": {
                "type": "object",
                "properties": {"items": {"type": "array", "items": reference("schemas", "Patient")}},
            },
        },
        "parameters": {
            "Limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}},
            "Session": {"name": "X-Session", "in": "header", "required": True, "schema": {"type": "string"}},
        },
        "requestBodies": {"Patient": {"content": content(reference("schemas", "Patient"))}},
        "responses": {
            "Page": {
                "description": "A page",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": content(reference("schemas", "Page")),
            }
        },
        "securitySchemes": {
            "users": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "cognito_user_pools",
                "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [USER_POOL]},
            },
            "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
        },
    },
    "paths": {
        "/health": {"get": HEALTH},
        "/patients": {
            "parameters": [reference("parameters", "Session")],
            "get": {
                "operationId": "listPatients",
                "parameters": [reference("parameters", "Limit")],
                "responses": {"200": reference("responses", "Page")},
                "x-amazon-apigateway-integration": {**PROXY, "timeoutInMillis": 10000},
            },
            "post": {
                "operationId": "createPatient",
                "security": [{"users": ["records/write"], "key": []}],
                "x-amazon-apigateway-request-validator": "body",
                "requestBody": reference("requestBodies", "Patient"),
                "responses": {"201": {"description": "made"}},
                "x-amazon-apigateway-integration": PROXY,
            },
            "options": {
                "security": [],
                "responses": OK,
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "passthroughBehavior": "when_no_templates",
                    "requestTemplates": {"application/json": '{"statusCode":200}'},
                    "responses": {
                        "default": {
                            "statusCode": "200",
                            "responseParameters": {"method.response.header.Allow": "'GET,POST'"},
                            "responseTemplates": {"application/json": "{}"},
                        }
                    },
                },
            },
        },
        "/patients/{id}/records": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": OK,
                "x-amazon-apigateway-integration": PROXY,
            }
        },
    },
}


class ImportTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.gateway = client("apigateway")
        self.api = self.gateway.create_rest_api(name="before")["id"]

    def put(self, document, mode="overwrite"):
        self.gateway.put_rest_api(restApiId=self.api, mode=mode, failOnWarnings=True, body=json.dumps(document))

    def assert_rejected(self, document, message):
        found = self.assert_refused(
            "BadRequestException", self.gateway.put_rest_api, restApiId=self.api, body=json.dumps(document)
        )
        self.assertEqual(found, message)

    def items(self, operation, **arguments):
        return getattr(self.gateway, operation)(restApiId=self.api, **arguments)["items"]

    def resources(self):
        return {resource["path"]: resource for resource in self.items("get_resources", embed=["methods"])}

    def operations(self):
        return {path: sorted(resource.get("resourceMethods", {})) for path, resource in self.resources().items()}

    def method(self, path, verb):
        return self.gateway.get_method(restApiId=self.api, resourceId=self.resources()[path]["id"], httpMethod=verb)


class DocumentTest(ImportTest):
    def setUp(self):
        super().setUp()
        self.put(DOCUMENT)

    def test_names_the_api(self):
        api = self.gateway.get_rest_api(restApiId=self.api)
        self.assertEqual((api["name"], api["version"]), ("records", "1.0.0"))
        self.assertEqual(api["description"], "Patients and their records")

    def test_makes_the_resources_of_each_path_and_those_above(self):
        self.assertEqual(
            self.operations(),
            {
                "/": [],
                "/health": ["GET"],
                "/patients": ["GET", "OPTIONS", "POST"],
                "/patients/{id}": [],
                "/patients/{id}/records": ["GET"],
            },
        )

    def test_puts_operations_behind_the_authorizer_and_their_scopes(self):
        [authorizer] = self.items("get_authorizers")
        self.assertEqual(
            {**authorizer, "id": None},
            {
                "id": None,
                "name": "users",
                "type": "COGNITO_USER_POOLS",
                "providerARNs": [USER_POOL],
                "authType": "cognito_user_pools",
                "identitySource": "method.request.header.Authorization",
                "authorizerResultTtlInSeconds": 300,
            },
        )
        for path, verb, scopes, key in (
            ("/patients", "GET", ["records/read"], False),
            ("/patients", "POST", ["records/write"], True),
            ("/patients/{id}/records", "GET", ["records/read"], False),
        ):
            with self.subTest(path=path, verb=verb):
                method = self.method(path, verb)
                self.assertEqual(method["authorizationType"], "COGNITO_USER_POOLS")
                self.assertEqual(method["authorizerId"], authorizer["id"])
                self.assertEqual(method["authorizationScopes"], scopes)
                self.assertIs(method["apiKeyRequired"], key)

    def test_lets_anybody_call_what_asks_for_no_security(self):
        method = self.method("/health", "GET")
        self.assertEqual((method["authorizationType"], method["apiKeyRequired"]), ("NONE", False))
        self.assertNotIn("authorizerId", method)
        self.assertNotIn("authorizationScopes", method)

    def test_makes_models_that_refer_to_each_other(self):
        models = {model["name"]: model for model in self.items("get_models")}
        self.assertEqual(sorted(models), ["Page", "Patient"])
        self.assertEqual(
            (models["Patient"]["contentType"], models["Patient"]["description"]), ("application/json", "A patient")
        )
        self.assertEqual(
            json.loads(models["Page"]["schema"])["properties"]["items"]["items"],
            {"$ref": f"https://apigateway.amazonaws.com/restapis/{self.api}/models/Patient"},
        )

    def test_validates_requests(self):
        validators = {validator["id"]: validator for validator in self.items("get_request_validators")}
        self.assertEqual(
            sorted(
                (validator["name"], validator["validateRequestBody"], validator["validateRequestParameters"])
                for validator in validators.values()
            ),
            [("all", True, True), ("body", True, False)],
        )
        listing, creation = self.method("/patients", "GET"), self.method("/patients", "POST")
        self.assertEqual(validators[listing["requestValidatorId"]]["name"], "all")
        self.assertEqual(validators[creation["requestValidatorId"]]["name"], "body")
        self.assertEqual(creation["requestModels"], {"application/json": "Patient"})
        self.assertEqual(
            listing["requestParameters"],
            {"method.request.header.X-Session": True, "method.request.querystring.limit": False},
        )
        self.assertEqual(
            self.method("/patients/{id}/records", "GET")["requestParameters"], {"method.request.path.id": True}
        )

    def test_describes_responses(self):
        listing = self.method("/patients", "GET")
        self.assertEqual(listing["operationName"], "listPatients")
        self.assertEqual(
            listing["methodResponses"],
            {
                "200": {
                    "statusCode": "200",
                    "responseModels": {"application/json": "Page"},
                    "responseParameters": {"method.response.header.ETag": False},
                }
            },
        )

    def test_integrates_a_function(self):
        integration = self.method("/patients", "GET")["methodIntegration"]
        self.assertEqual((integration["type"], integration["httpMethod"]), ("AWS_PROXY", "POST"))
        self.assertEqual((integration["uri"], integration["timeoutInMillis"]), (FUNCTION, 10000))
        self.assertEqual(integration["passthroughBehavior"], "WHEN_NO_MATCH")
        self.assertEqual(self.method("/health", "GET")["methodIntegration"]["timeoutInMillis"], 29000)

    def test_integrates_a_mock(self):
        integration = self.method("/patients", "OPTIONS")["methodIntegration"]
        self.assertEqual((integration["type"], integration["passthroughBehavior"]), ("MOCK", "WHEN_NO_TEMPLATES"))
        self.assertEqual(integration["requestTemplates"], {"application/json": '{"statusCode":200}'})
        self.assertEqual(
            integration["integrationResponses"],
            {
                "200": {
                    "statusCode": "200",
                    "responseParameters": {"method.response.header.Allow": "'GET,POST'"},
                    "responseTemplates": {"application/json": "{}"},
                }
            },
        )

    def test_shapes_gateway_responses(self):
        responses = {response["responseType"]: response for response in self.items("get_gateway_responses")}
        self.assertEqual(
            responses,
            {
                "UNAUTHORIZED": {
                    "responseType": "UNAUTHORIZED",
                    "defaultResponse": False,
                    "statusCode": "401",
                    "responseParameters": {"gatewayresponse.header.Cache-Control": "'no-store'"},
                    "responseTemplates": {"application/problem+json": '{"status":401}'},
                },
                "DEFAULT_5XX": {
                    "responseType": "DEFAULT_5XX",
                    "defaultResponse": False,
                    "responseParameters": {},
                    "responseTemplates": {"application/problem+json": "{}"},
                },
            },
        )


class ModeTest(ImportTest):
    def test_overwriting_drops_what_the_document_does_not_say_and_keeps_the_root(self):
        self.put(DOCUMENT)
        root = self.resources()["/"]["id"]
        self.put(
            {"openapi": "3.0.3", "info": {"title": "small", "version": "2"}, "paths": {"/health": {"get": HEALTH}}}
        )
        self.assertEqual(self.operations(), {"/": [], "/health": ["GET"]})
        self.assertEqual(self.resources()["/"]["id"], root)
        for operation in ("get_models", "get_request_validators", "get_authorizers", "get_gateway_responses"):
            self.assertEqual(self.items(operation), [], operation)

    def test_overwriting_keeps_the_stage_and_its_deployment(self):
        self.put(DOCUMENT)
        deployment = self.gateway.create_deployment(restApiId=self.api)["id"]
        self.gateway.create_stage(restApiId=self.api, stageName="dev", deploymentId=deployment)
        self.put(DOCUMENT)
        self.assertEqual(self.gateway.get_stage(restApiId=self.api, stageName="dev")["deploymentId"], deployment)

    def test_merging_adds(self):
        self.put(DOCUMENT)
        added = {"openapi": "3.0.3", "info": {"title": "records", "version": "2"}, "paths": {"/new": {"get": HEALTH}}}
        self.put(added, mode="merge")
        self.assertEqual(
            sorted(self.operations()), ["/", "/health", "/new", "/patients", "/patients/{id}", "/patients/{id}/records"]
        )


class RefusalTest(ImportTest):
    def changed(self, **changes):
        return {**DOCUMENT, **changes}

    def operation(self, **changes):
        return self.changed(paths={"/health": {"get": {**HEALTH, **changes}}})

    def test_refuses_what_the_document_does_not_define(self):
        unknown = content(reference("schemas", "Nobody"))
        for document, message in (
            (
                self.operation(requestBody={"content": unknown}),
                "Invalid model specified: Validation Result: unknown schema Nobody",
            ),
            (
                self.operation(parameters=[reference("parameters", "Nobody")]),
                "Unable to resolve #/components/parameters/Nobody",
            ),
            (self.operation(security=[{"nobody": []}]), "Unknown security scheme: nobody"),
            (
                self.operation(**{"x-amazon-apigateway-request-validator": "nobody"}),
                "Invalid Request Validator specified: nobody",
            ),
            (
                self.changed(components={"schemas": {"not-alphanumeric": {"type": "object"}}}),
                "Model name must be alphanumeric: not-alphanumeric",
            ),
        ):
            with self.subTest(message=message):
                self.assert_rejected(document, message)

    def test_refuses_a_document_that_is_not_openapi_3_when_warnings_fail(self):
        broken = {"openapi": "3.0.3", "info": {"title": "records"}, "paths": {}}
        self.assert_refused(
            "BadRequestException",
            self.gateway.put_rest_api,
            restApiId=self.api,
            failOnWarnings=True,
            body=json.dumps(broken),
        )
