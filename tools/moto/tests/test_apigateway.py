import json

from tests.control_plane import ControlPlaneTest, client

OPERATION = {
    "responses": {"200": {"description": "fine"}},
    "x-amazon-apigateway-integration": {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/records/invocations",
    },
}


class ApiGatewayTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.gateway = client("apigateway")
        self.api = self.gateway.create_rest_api(name="records")["id"]

    def put(self, paths, **settings):
        document = {"openapi": "3.0.1", "info": {"title": "records", "version": "1"}, "paths": paths, **settings}
        self.gateway.put_rest_api(restApiId=self.api, mode="overwrite", body=json.dumps(document))

    def deploy(self):
        return self.gateway.create_deployment(restApiId=self.api)["id"]


class RestApiTest(ApiGatewayTest):
    def summary(self, deployment):
        return self.gateway.get_deployment(restApiId=self.api, deploymentId=deployment, embed=["apisummary"])[
            "apiSummary"
        ]

    def test_takes_the_settings_of_its_address_from_the_document(self):
        self.put(
            {"/health": {"get": OPERATION}},
            **{
                "x-amazon-apigateway-endpoint-access-mode": "STRICT",
                "x-amazon-apigateway-security-policy": "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
            },
        )
        api = self.gateway.get_rest_api(restApiId=self.api)
        self.assertEqual(api["endpointAccessMode"], "STRICT")
        self.assertEqual(api["securityPolicy"], "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09")

    def test_a_deployment_holds_the_operations_of_its_moment(self):
        public = {"authorizationType": "NONE", "apiKeyRequired": False}
        self.put({"/health": {"get": OPERATION}, "/patients": {"get": OPERATION, "post": OPERATION}})
        before = self.deploy()
        self.put({"/health": {"get": OPERATION}})
        after = self.deploy()
        self.assertEqual(
            self.summary(before), {"/health": {"GET": public}, "/patients": {"GET": public, "POST": public}}
        )
        self.assertEqual(self.summary(after), {"/health": {"GET": public}})

    def test_tells_the_operations_of_a_deployment_only_where_asked(self):
        self.put({"/health": {"get": OPERATION}})
        deployment = self.gateway.get_deployment(restApiId=self.api, deploymentId=self.deploy())
        self.assertNotIn("apiSummary", deployment)

    def test_knows_no_deployment_that_was_deleted(self):
        self.put({"/health": {"get": OPERATION}})
        deployment = self.deploy()
        self.gateway.delete_deployment(restApiId=self.api, deploymentId=deployment)
        self.assert_refused(
            "NotFoundException", self.gateway.get_deployment, restApiId=self.api, deploymentId=deployment
        )

    def test_a_deployment_that_a_stage_serves_stays(self):
        self.put({"/health": {"get": OPERATION}})
        deployment = self.deploy()
        self.gateway.create_stage(restApiId=self.api, stageName="dev", deploymentId=deployment)
        message = self.assert_refused(
            "BadRequestException", self.gateway.delete_deployment, restApiId=self.api, deploymentId=deployment
        )
        self.assertEqual(message, "Active stages pointing to this deployment must be moved or deleted")
        self.gateway.delete_stage(restApiId=self.api, stageName="dev")
        self.gateway.delete_deployment(restApiId=self.api, deploymentId=deployment)
        self.assertEqual(self.gateway.get_deployments(restApiId=self.api)["items"], [])


class StageTest(ApiGatewayTest):
    def setUp(self):
        super().setUp()
        self.put({"/health": {"get": OPERATION}})
        self.gateway.create_stage(restApiId=self.api, stageName="dev", deploymentId=self.deploy())

    def settings(self, operation, path, **value):
        return self.gateway.update_stage(
            restApiId=self.api, stageName="dev", patchOperations=[{"op": operation, "path": path, **value}]
        )["methodSettings"]

    def test_forgets_the_settings_of_a_method(self):
        self.assertEqual(
            self.settings("replace", "/*/*/logging/loglevel", value="ERROR")["*/*"]["loggingLevel"], "ERROR"
        )
        self.assertEqual(self.settings("remove", "/*/*"), {})

    def test_leaves_a_usage_plan_whatever_throttling_it_had_there(self):
        throttle = {"/health/GET": {"rateLimit": 1.0, "burstLimit": 1}}
        plan = self.gateway.create_usage_plan(
            name="plan", apiStages=[{"apiId": self.api, "stage": "dev", "throttle": throttle}]
        )["id"]
        self.gateway.update_usage_plan(
            usagePlanId=plan, patchOperations=[{"op": "remove", "path": "/apiStages", "value": f"{self.api}:dev"}]
        )
        self.assertEqual(self.gateway.get_usage_plan(usagePlanId=plan)["apiStages"], [])


class TagsTest(ApiGatewayTest):
    def arns(self):
        self.put({"/health": {"get": OPERATION}})
        self.gateway.create_stage(restApiId=self.api, stageName="dev", deploymentId=self.deploy())
        plan = self.gateway.create_usage_plan(name="plan")["id"]
        paths = [f"restapis/{self.api}", f"restapis/{self.api}/stages/dev", f"usageplans/{plan}"]
        return [f"arn:aws:apigateway:eu-west-1::/{path}" for path in paths]

    def test_of_apis_stages_and_usage_plans_change(self):
        for arn in self.arns():
            self.gateway.tag_resource(resourceArn=arn, tags={"Environment": "dev", "Team": "records"})
            self.gateway.tag_resource(resourceArn=arn, tags={"Environment": "prod"})
            self.assertEqual(
                self.gateway.get_tags(resourceArn=arn)["tags"], {"Environment": "prod", "Team": "records"}, arn
            )
            self.gateway.untag_resource(resourceArn=arn, tagKeys=["Team"])
            self.assertEqual(self.gateway.get_tags(resourceArn=arn)["tags"], {"Environment": "prod"}, arn)

    def test_are_what_the_resources_tell_of_themselves(self):
        api, stage, plan = self.arns()
        for arn in [api, stage, plan]:
            self.gateway.tag_resource(resourceArn=arn, tags={"Team": "records"})
        told = [
            self.gateway.get_rest_api(restApiId=self.api),
            self.gateway.get_stage(restApiId=self.api, stageName="dev"),
            self.gateway.get_usage_plan(usagePlanId=plan.rsplit("/", 1)[-1]),
        ]
        self.assertEqual([resource["tags"] for resource in told], [{"Team": "records"}] * 3)
