import base64
import json
import time
import urllib.request

from joserfc import jwt
from joserfc.jwk import KeySet
from tests.control_plane import ControlPlaneTest, client, endpoint


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

    def test_keeps_the_answers_to_risks_on_the_plan_plus_only(self):
        credentials = {"EventFilter": ["SIGN_IN"], "Actions": {"EventAction": "BLOCK"}}
        answers = {"UserPoolId": self.pool_id, "CompromisedCredentialsRiskConfiguration": credentials}
        self.assert_refused("FeatureUnavailableInTierException", self.cognito.set_risk_configuration, **answers)
        self.cognito.update_user_pool(UserPoolId=self.pool_id, UserPoolTier="PLUS")
        self.assertEqual(self.cognito.set_risk_configuration(**answers)["RiskConfiguration"], answers)
        self.assertEqual(
            self.cognito.describe_risk_configuration(UserPoolId=self.pool_id)["RiskConfiguration"], answers
        )
        self.cognito.set_risk_configuration(UserPoolId=self.pool_id)
        self.assertEqual(
            self.cognito.describe_risk_configuration(UserPoolId=self.pool_id)["RiskConfiguration"],
            {"UserPoolId": self.pool_id},
        )

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


class TokenTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.cognito = client("cognito-idp")
        self.pool_id = self.cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
        self.cognito.admin_create_user(UserPoolId=self.pool_id, Username="jane")
        self.cognito.admin_set_user_password(
            UserPoolId=self.pool_id, Username="jane", Password="Correct-horse-7", Permanent=True
        )

    def client_id(self, **settings):
        created = self.cognito.create_user_pool_client(UserPoolId=self.pool_id, ClientName="app", **settings)
        return created["UserPoolClient"]["ClientId"]

    def sign_in(self, client_id):
        return self.authenticate(client_id, "ADMIN_USER_PASSWORD_AUTH", USERNAME="jane", PASSWORD="Correct-horse-7")

    def authenticate(self, client_id, flow, **parameters):
        return self.cognito.admin_initiate_auth(
            UserPoolId=self.pool_id, ClientId=client_id, AuthFlow=flow, AuthParameters=parameters
        )["AuthenticationResult"]

    def claims(self, token):
        """What the token says, by a key that the pool publishes."""
        with urllib.request.urlopen(f"{endpoint()}/{self.pool_id}/.well-known/jwks.json") as response:
            keys = json.load(response)
        header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
        self.assertIn(header["kid"], [key["kid"] for key in keys["keys"]])
        return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]).claims

    def test_access_tokens_say_who_signed_in_when_by_which_client_and_for_what(self):
        client_id = self.client_id(AllowedOAuthScopes=["openid", "records/read"])
        claims = self.claims(self.sign_in(client_id)["AccessToken"])
        self.assertEqual(
            {name: claims[name] for name in ("client_id", "iss", "scope", "token_use", "username")},
            {
                "client_id": client_id,
                "iss": f"https://cognito-idp.eu-west-1.amazonaws.com/{self.pool_id}",
                "scope": "openid records/read",
                "token_use": "access",
                "username": "jane",
            },
        )
        self.assertAlmostEqual(claims["auth_time"], time.time(), delta=60)
        self.assertRegex(claims["jti"], "^[0-9a-f-]{36}$")
        self.assertRegex(claims["origin_jti"], "^[0-9a-f-]{36}$")

    def test_a_client_without_scopes_signs_in_for_the_user_alone(self):
        claims = self.claims(self.sign_in(self.client_id())["AccessToken"])
        self.assertEqual(claims["scope"], "aws.cognito.signin.user.admin")

    def test_refreshed_tokens_are_new_ones_of_the_same_sign_in(self):
        client_id = self.client_id()
        signed_in = self.sign_in(client_id)
        first = self.claims(signed_in["AccessToken"])
        time.sleep(1)
        refreshed = self.authenticate(client_id, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=signed_in["RefreshToken"])
        second = self.claims(refreshed["AccessToken"])
        self.assertEqual((second["auth_time"], second["origin_jti"]), (first["auth_time"], first["origin_jti"]))
        self.assertNotEqual(second["jti"], first["jti"])
        self.assertGreater(second["iat"], first["iat"])
        self.assertNotEqual(self.claims(self.sign_in(client_id)["AccessToken"])["origin_jti"], first["origin_jti"])
