from tests.control_plane import ControlPlaneTest, client

STAGE = "arn:aws:apigateway:eu-west-1::/restapis/api/stages/dev"


class WebAclTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.waf = client("wafv2")
        visibility = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "firewall"}
        self.acl = self.waf.create_web_acl(
            Name="firewall", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility
        )["Summary"]

    def stages(self, **options):
        return self.waf.list_resources_for_web_acl(WebACLArn=self.acl["ARN"], **options)["ResourceArns"]

    def delete(self):
        return {key: self.acl[key] for key in ("Name", "Id", "LockToken")} | {"Scope": "REGIONAL"}

    def test_lists_the_stages_that_it_protects(self):
        self.assertEqual(self.stages(ResourceType="API_GATEWAY"), [])
        self.waf.associate_web_acl(WebACLArn=self.acl["ARN"], ResourceArn=STAGE)
        self.assertEqual(self.stages(ResourceType="API_GATEWAY"), [STAGE])
        self.assertEqual(self.stages(), [])

    def test_lists_nothing_of_an_unknown_one(self):
        self.assert_refused(
            "WAFNonexistentItemException", self.waf.list_resources_for_web_acl, WebACLArn=f"{self.acl['ARN']}-2"
        )

    def test_is_deleted_once_it_protects_nothing(self):
        self.waf.associate_web_acl(WebACLArn=self.acl["ARN"], ResourceArn=STAGE)
        self.assert_refused("WAFAssociatedItemException", self.waf.delete_web_acl, **self.delete())
        self.waf.disassociate_web_acl(ResourceArn=STAGE)
        self.waf.delete_web_acl(**self.delete())
        self.assertEqual(self.waf.list_web_acls(Scope="REGIONAL")["WebACLs"], [])
