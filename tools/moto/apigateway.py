"""API Gateway: import of OpenAPI documents, what a deployment holds and who serves it, method settings, usage plans, tags."""

import json
from urllib.parse import unquote

from moto.apigateway.exceptions import (
    BadRequestException,
    DeploymentNotFoundException,
    InvalidOpenAPIDocumentException,
    InvalidOpenApiDocVersionException,
    InvalidOpenApiModeException,
)
from moto.apigateway.models import APIGatewayBackend, RestAPI, Stage, UsagePlan
from moto.apigateway.responses import APIGatewayResponse
from moto.apigateway.urls import url_paths
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from apigateway_import import OpenApiImport
from extension import extends, replaces


@replaces(APIGatewayBackend)
def put_rest_api(self, function_id, api_doc, fail_on_warnings, mode="merge"):
    """AWS takes over everything that an OpenAPI 3.0 document says, and with `overwrite` drops what it does not say."""
    if mode not in ["merge", "overwrite"]:
        raise InvalidOpenApiModeException()
    if not str(api_doc.get("openapi", "")).startswith("3."):
        raise InvalidOpenApiDocVersionException()
    if fail_on_warnings:
        try:
            validate(api_doc)
        except OpenAPIValidationError as error:
            raise InvalidOpenAPIDocumentException(error) from error
    api = self.get_rest_api(function_id)
    document = OpenApiImport(self, api, api_doc)
    if mode == "overwrite":
        document.clear()
    document.run()
    return api


@extends(RestAPI)
def to_dict(original, self):
    """AWS answers what the document says about the API's address."""
    return {**original(self), **getattr(self, "address_settings", {})}


@extends(RestAPI)
def create_deployment(original, self, *args, **kwargs):
    """AWS keeps the operations as they are at this moment."""
    deployment = original(self, *args, **kwargs)
    deployment.api_summary = {
        resource.get_path(): {
            name: {"authorizationType": method.authorization_type, "apiKeyRequired": method.api_key_required}
            for name, method in resource.resource_methods.items()
        }
        for resource in self.resources.values()
        if resource.resource_methods
    }
    return deployment


@extends(RestAPI)
def get_deployment(original, self, deployment_id):
    """AWS knows of no deployment that was deleted."""
    if deployment_id not in self.deployments:
        raise DeploymentNotFoundException()
    return original(self, deployment_id)


@extends(APIGatewayResponse)
def get_deployment(original, self):
    """AWS answers the operations of a deployment where they are asked for."""
    answer = json.loads(original(self))
    if "apisummary" in self.querystring.get("embed", []):
        _, _, api_id, _, deployment_id, *_ = self.path.split("/")
        answer["apiSummary"] = self.backend.get_deployment(api_id, deployment_id).api_summary
    return json.dumps(answer)


@extends(RestAPI)
def delete_deployment(original, self, deployment_id):
    """AWS refuses to delete a deployment that a stage serves."""
    if any(stage.deployment_id == deployment_id for stage in self.stages.values()):
        raise BadRequestException("Active stages pointing to this deployment must be moved or deleted")
    return original(self, deployment_id)


@extends(Stage)
def apply_operations(original, self, patch_operations):
    """AWS removes the settings of a method by its path, such as `/*/*`."""
    rest = []
    for operation in patch_operations:
        path = operation["path"].strip("/")
        if operation["op"] == "remove" and path in self.method_settings:
            del self.method_settings[path]
        else:
            rest.append(operation)
    return original(self, rest)


@extends(UsagePlan)
def apply_patch_operations(original, self, patch_operations):
    """AWS removes a stage from a plan by API and stage, whatever throttling the plan has for it."""
    rest = []
    for operation in patch_operations:
        if operation["op"] == "remove" and operation["path"] == "/apiStages":
            api_id, stage = operation["value"].split(":")[:2]
            self.api_stages = [s for s in self.api_stages if (s["apiId"], s["stage"]) != (api_id, stage)]
        else:
            rest.append(operation)
    original(self, rest)


# moto knows tags of stages only.
for tagged_path in ["restapis/(?P<function_id>[^/]+)$", "usageplans/(?P<usage_plan_id>[^/]+)$"]:
    url_paths[f"{{0}}/tags/arn:(?P<partition>[^/]+):apigateway:(?P<region_name>[^/]+)::/{tagged_path}"] = (
        APIGatewayResponse.dispatch
    )


@replaces(APIGatewayResponse)
def get_tags(self):
    """AWS answers the tags of APIs and usage plans, too."""
    return json.dumps({"tags": tagged(self).tags or {}})


@replaces(APIGatewayResponse)
def tag_resource(self):
    """AWS adds tags to APIs and usage plans, too, and answers nothing."""
    resource = tagged(self)
    resource.tags = {**(resource.tags or {}), **self._get_param("tags")}
    return 204, {}, ""


@replaces(APIGatewayResponse)
def untag_resource(self):
    """AWS removes tags from APIs and usage plans, too, and answers nothing."""
    resource = tagged(self)
    removed = self.querystring["tagKeys"]
    resource.tags = {key: value for key, value in (resource.tags or {}).items() if key not in removed}
    return 204, {}, ""


def tagged(response):
    """The resource whose ARN the path ends with."""
    _, _, arn = unquote(response.path).partition("/tags/")
    match arn.split("::/")[1].split("/"):
        case ["restapis", api]:
            return response.backend.get_rest_api(api)
        case ["restapis", api, "stages", stage]:
            return response.backend.get_stage(api, stage)
        case ["usageplans", plan]:
            return response.backend.get_usage_plan(plan)
        case _:
            raise BadRequestException(f"Invalid Resource ARN specified: {arn}")
