from tests.control_plane import ControlPlaneTest, client


class UserPoolTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.cognito = client("cognito-idp")
        created = self.cognito.create_user_pool(
            PoolName="users",
            UsernameAttributes=["email"],
            UsernameConfiguration={"CaseSensitive": False},
            UserPoolTags={"Environment": "dev"},
        )["UserPool"]
        self.pool_id, self.arn = created["Id"], created["Arn"]

    def pool(self):
        return self.cognito.describe_user_pool(UserPoolId=self.pool_id)["UserPool"]

    def test_is_on_the_plan_essentials_unless_told_otherwise(self):
        self.assertEqual(self.pool()["UserPoolTier"], "ESSENTIALS")
        self.cognito.update_user_pool(UserPoolId=self.pool_id, UserPoolTier="PLUS")
        self.assertEqual(self.pool()["UserPoolTier"], "PLUS")

    def test_an_update_leaves_tags_and_what_defines_a_user_name(self):
        self.cognito.update_user_pool(UserPoolId=self.pool_id, AutoVerifiedAttributes=["email"])
        pool = self.pool()
        self.assertEqual(pool["AutoVerifiedAttributes"], ["email"])
        self.assertEqual(pool["UsernameAttributes"], ["email"])
        self.assertEqual(pool["UsernameConfiguration"], {"CaseSensitive": False})
        self.assertEqual(pool["UserPoolTags"], {"Environment": "dev"})

    def test_an_update_changes_name_and_second_factor(self):
        self.cognito.update_user_pool(UserPoolId=self.pool_id, PoolName="people", MfaConfiguration="OPTIONAL")
        pool = self.pool()
        self.assertEqual((pool["Name"], pool["MfaConfiguration"]), ("people", "OPTIONAL"))

    def test_adds_overwrites_and_removes_tags(self):
        self.cognito.tag_resource(ResourceArn=self.arn, Tags={"Environment": "pr-7", "Team": "a"})
        self.cognito.untag_resource(ResourceArn=self.arn, TagKeys=["Team"])
        self.assertEqual(self.cognito.list_tags_for_resource(ResourceArn=self.arn)["Tags"], {"Environment": "pr-7"})
        self.assertEqual(self.pool()["UserPoolTags"], {"Environment": "pr-7"})

    def test_changes_and_deletes_a_resource_server(self):
        read = {"ScopeName": "read", "ScopeDescription": "Read"}
        key = {"UserPoolId": self.pool_id, "Identifier": "records"}
        self.cognito.create_resource_server(**key, Name="records", Scopes=[read])
        self.cognito.update_resource_server(**key, Name="all", Scopes=[{**read, "ScopeDescription": "Read all"}])
        self.assertEqual(
            self.cognito.describe_resource_server(**key)["ResourceServer"],
            {**key, "Name": "all", "Scopes": [{**read, "ScopeDescription": "Read all"}]},
        )
        self.cognito.delete_resource_server(**key)
        self.assert_refused("ResourceNotFoundException", self.cognito.describe_resource_server, **key)
