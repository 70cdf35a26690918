"""API Gateway: what AWS makes of an OpenAPI 3.0 document."""

import json
import re

from moto.apigateway.exceptions import BadRequestException
from moto.apigateway.models import Authorizer
from moto.apigateway.utils import create_id

METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"]
ADDRESS_SETTINGS = {
    "x-amazon-apigateway-endpoint-access-mode": "endpointAccessMode",
    "x-amazon-apigateway-security-policy": "securityPolicy",
}
LOCATIONS = {"path": "path", "query": "querystring", "header": "header"}


class OpenApiImport:
    """Puts one document into a REST API."""

    def __init__(self, backend, api, document):
        self.backend = backend
        self.api = api
        self.document = document
        self.components = document.get("components", {})

    def run(self):
        self.put_settings()
        self.put_models()
        self.put_validators()
        self.put_authorizers()
        self.put_gateway_responses()
        for path, item in self.document["paths"].items():
            resource = self.resource(path)
            for method, operation in item.items():
                if method in METHODS:
                    self.put_method(resource, method, operation, item.get("parameters", []))

    def clear(self):
        """AWS keeps the root resource, deployments and stages when a document overwrites an API, and nothing else."""
        root = self.api.default
        root.resource_methods = {}
        self.api.resources = {root.id: root}
        self.api.models = {}
        self.api.request_validators = {}
        self.api.authorizers = {}
        self.api.gateway_responses = {}

    def put_settings(self):
        info = self.document["info"]
        self.api.name = info["title"]
        self.api.description = info.get("description", self.api.description)
        self.api.version = info.get("version", self.api.version)
        self.api.binaryMediaTypes = self.document.get(
            "x-amazon-apigateway-binary-media-types", self.api.binaryMediaTypes
        )
        self.api.api_key_source = self.document.get("x-amazon-apigateway-api-key-source", self.api.api_key_source)
        self.api.minimum_compression_size = self.document.get(
            "x-amazon-apigateway-minimum-compression-size", self.api.minimum_compression_size
        )
        self.api.address_settings = {
            setting: self.document[key] for key, setting in ADDRESS_SETTINGS.items() if key in self.document
        }

    # Models

    def put_models(self):
        for name, schema in self.components.get("schemas", {}).items():
            if not re.fullmatch("[a-zA-Z0-9]+", name):
                raise BadRequestException(f"Model name must be alphanumeric: {name}")
            self.put_model(name, schema)

    def put_model(self, name, schema):
        references = json.dumps(schema)
        for reference in set(re.findall(r'"#/components/schemas/([^"]+)"', references)):
            self.known_schema(reference)
        text = references.replace(
            '"#/components/schemas/', f'"https://apigateway.amazonaws.com/restapis/{self.api.id}/models/'
        )
        self.api.add_model(name, schema.get("description", ""), text, "application/json")
        return name

    def known_schema(self, name):
        if name not in self.components.get("schemas", {}):
            raise BadRequestException(f"Invalid model specified: Validation Result: unknown schema {name}")
        return name

    def models(self, content):
        """The model of each content type; AWS gives an inline schema a model of its own."""
        return {
            content_type: self.model(media["schema"]) for content_type, media in content.items() if "schema" in media
        }

    def model(self, schema):
        if "$ref" in schema:
            return self.known_schema(schema["$ref"].rsplit("/", 1)[-1])
        return self.put_model(f"MODEL{create_id()[:6]}", schema)

    # Validators, authorizers, gateway responses

    def put_validators(self):
        for name, validator in self.document.get("x-amazon-apigateway-request-validators", {}).items():
            self.api.create_request_validator(
                name,
                validator.get("validateRequestBody", False),
                validator.get("validateRequestParameters", False),
            )

    def validator_id(self, operation):
        key = "x-amazon-apigateway-request-validator"
        name = operation.get(key, self.document.get(key))
        if name is None:
            return None
        for validator in self.api.request_validators.values():
            if validator.name == name:
                return validator.id
        raise BadRequestException(f"Invalid Request Validator specified: {name}")

    def put_authorizers(self):
        for name, scheme in self.components.get("securitySchemes", {}).items():
            definition = scheme.get("x-amazon-apigateway-authorizer")
            if definition is None:
                continue
            authorizer = Authorizer(
                create_id()[:6],
                name,
                definition["type"].upper(),
                provider_arns=definition.get("providerARNs"),
                auth_type=scheme.get("x-amazon-apigateway-authtype"),
                authorizer_uri=definition.get("authorizerUri"),
                authorizer_credentials=definition.get("authorizerCredentials"),
                identity_source=definition.get("identitySource", f"method.request.header.{scheme.get('name')}"),
                identity_validation_expression=definition.get("identityValidationExpression"),
                authorizer_result_ttl=definition.get("authorizerResultTtlInSeconds", 300),
            )
            self.api.authorizers[authorizer.id] = authorizer

    def authorization(self, operation):
        """One authorizer with its scopes, and whether a key is required; without `security` anybody may call."""
        authorization = {"authorization_type": "NONE", "api_key_required": False}
        for requirement in operation.get("security", self.document.get("security", [])):
            for name, scopes in requirement.items():
                scheme = self.components.get("securitySchemes", {}).get(name)
                if scheme is None:
                    raise BadRequestException(f"Unknown security scheme: {name}")
                authorizer = next((known for known in self.api.authorizers.values() if known.name == name), None)
                if authorizer:
                    kind = "COGNITO_USER_POOLS" if authorizer.type == "COGNITO_USER_POOLS" else "CUSTOM"
                    authorization.update(
                        authorization_type=kind, authorizer_id=authorizer.id, authorization_scopes=scopes
                    )
                elif scheme.get("x-amazon-apigateway-authtype") == "awsSigv4":
                    authorization["authorization_type"] = "AWS_IAM"
                elif scheme.get("name") == "x-api-key":
                    authorization["api_key_required"] = True
        return authorization

    def put_gateway_responses(self):
        for response_type, response in self.document.get("x-amazon-apigateway-gateway-responses", {}).items():
            status = response.get("statusCode")
            self.api.put_gateway_response(
                response_type,
                status_code=None if status is None else str(status),
                response_parameters=response.get("responseParameters", {}),
                response_templates=response.get("responseTemplates", {}),
            )

    # Resources and methods

    def resource(self, path):
        """The resource of a path; AWS creates those above it as well."""
        resource = self.api.default
        for part in path.strip("/").split("/"):
            if part:
                child = next(
                    (r for r in self.api.resources.values() if (r.parent_id, r.path_part) == (resource.id, part)), None
                )
                resource = child or self.backend.create_resource(self.api.id, resource.id, part)
        return resource

    def put_method(self, resource, method, operation, shared_parameters):
        verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
        body = self.resolve(operation.get("requestBody", {}))
        added = resource.add_method(
            verb,
            request_parameters=self.request_parameters([*shared_parameters, *operation.get("parameters", [])]),
            request_models=self.models(body.get("content", {})),
            operation_name=operation.get("operationId"),
            request_validator_id=self.validator_id(operation),
            **self.authorization(operation),
        )
        for status, response in operation.get("responses", {}).items():
            response = self.resolve(response)
            added.create_response(
                str(status),
                self.models(response.get("content", {})),
                {f"method.response.header.{header}": False for header in response.get("headers", {})},
            )
        if "x-amazon-apigateway-integration" in operation:
            self.put_integration(resource, verb, operation["x-amazon-apigateway-integration"])

    def request_parameters(self, parameters):
        resolved = [self.resolve(parameter) for parameter in parameters]
        return {
            f"method.request.{LOCATIONS[parameter['in']]}.{parameter['name']}": parameter.get("required", False)
            for parameter in resolved
            if parameter["in"] in LOCATIONS
        }

    def put_integration(self, resource, verb, definition):
        kind = definition["type"].upper()
        # moto checks ARNs and URIs of the other types
        put = resource.add_integration if kind == "MOCK" else self.checked_put(resource)
        integration = put(
            verb,
            integration_type=kind,
            uri=definition.get("uri"),
            integration_method=definition.get("httpMethod"),
            request_templates=definition.get("requestTemplates"),
            passthrough_behavior=definition.get("passthroughBehavior", "WHEN_NO_MATCH").upper(),
            tls_config=definition.get("tlsConfig"),
            cache_namespace=definition.get("cacheNamespace", resource.id),
            timeout_in_millis=definition.get("timeoutInMillis", 29000),
            request_parameters=definition.get("requestParameters"),
            content_handling=definition.get("contentHandling"),
            connection_type=definition.get("connectionType"),
            **({} if kind == "MOCK" else {"credentials": definition.get("credentials")}),
        )
        for pattern, response in definition.get("responses", {}).items():
            integration.create_integration_response(
                str(response["statusCode"]),
                None if pattern == "default" else pattern,
                response.get("responseTemplates", {}),
                response.get("responseParameters", {}),
                response.get("contentHandling"),
            )

    def checked_put(self, resource):
        def put(verb, **arguments):
            return self.backend.put_integration(self.api.id, resource.id, verb, **arguments)

        return put

    def resolve(self, node):
        """What a `$ref` into the document's components stands for."""
        if "$ref" not in node:
            return node
        _, _, kind, name = node["$ref"].split("/")
        try:
            return self.components[kind][name]
        except KeyError:
            raise BadRequestException(f"Unable to resolve {node['$ref']}") from None
