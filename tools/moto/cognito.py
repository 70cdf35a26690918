"""Cognito: changes of a user pool, its plan and its tags; its answers to risks; resource servers; what tokens say of the sign-in."""

import time

from moto.cognitoidp.models import CognitoIdpUserPool
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult

from extension import adds, extends

# What UpdateUserPool has no say in.
KEPT = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration", "UserPoolTags")


@extends(CognitoIdpUserPool)
def update_extended_config(original, self, extended_config):
    """AWS puts a pool on the plan ESSENTIALS by default, and an update leaves tags and what makes a user name."""
    kept = {key: value for key, value in getattr(self, "extended_config", {}).items() if key in KEPT}
    original(self, {"UserPoolTier": "ESSENTIALS", **kept, **extended_config})


@extends(CognitoIdpUserPool)
def create_jwt(original, self, client_id, username, token_use, expires_in=3600, extra_data=None):
    """AWS keeps the time of a sign-in in every token that is refreshed from it, and puts the scopes that the client asked
    for at the sign-in pages into access tokens. There are no such pages here: every sign-in gets all that is allowed."""
    signed_in = self.__dict__.setdefault("signed_in", {})
    claims = {**extra_data, "auth_time": signed_in.setdefault(extra_data["origin_jti"], int(time.time()))}
    scopes = self.clients[client_id].extended_config.get("AllowedOAuthScopes")
    if token_use == "access" and scopes:
        claims["scope"] = " ".join(scopes)
    return original(self, client_id, username, token_use, expires_in, claims)


@extends(CognitoIdpResponse)
def update_user_pool(original, self):
    """AWS changes the second factor and the name with the rest."""
    original(self)
    pool = user_pool(self)
    pool.mfa_config = self._get_param("MfaConfiguration", pool.mfa_config)
    pool.name = self._get_param("PoolName", pool.name)
    return EmptyResult()


@adds(CognitoIdpResponse)
def update_resource_server(self):
    """AWS replaces the name and the scopes of a resource server."""
    server = self.backend.describe_resource_server(self._get_param("UserPoolId"), self._get_param("Identifier"))
    server.name = self._get_param("Name")
    server.scopes = self._get_param("Scopes", [])
    return ActionResult({"ResourceServer": server.to_json()})


@adds(CognitoIdpResponse)
def delete_resource_server(self):
    """AWS deletes a resource server."""
    server = self.backend.describe_resource_server(self._get_param("UserPoolId"), self._get_param("Identifier"))
    del user_pool(self).resource_servers[server.identifier]
    return EmptyResult()


RISK_SETTINGS = (
    "CompromisedCredentialsRiskConfiguration",
    "AccountTakeoverRiskConfiguration",
    "RiskExceptionConfiguration",
)


@adds(CognitoIdpResponse)
def set_risk_configuration(self):
    """AWS keeps what a pool does about risks, all of it at a time, on the plan that sees them only."""
    pool = user_pool(self)
    if pool.extended_config["UserPoolTier"] != "PLUS":
        raise JsonRESTError("FeatureUnavailableInTierException", "Threat protection is not available in this tier")
    settings = {name: self._get_param(name) for name in RISK_SETTINGS}
    pool.risk_configuration = {name: setting for name, setting in settings.items() if setting}
    return described_risk_configuration(pool)


@adds(CognitoIdpResponse)
def describe_risk_configuration(self):
    """AWS tells what a pool does about risks."""
    return described_risk_configuration(user_pool(self))


def described_risk_configuration(pool):
    settings = pool.__dict__.get("risk_configuration", {})
    return ActionResult({"RiskConfiguration": {"UserPoolId": pool.id, **settings}})


@adds(CognitoIdpResponse)
def list_tags_for_resource(self):
    """AWS answers the tags of a user pool by its ARN."""
    return ActionResult({"Tags": tags(self)})


@adds(CognitoIdpResponse)
def tag_resource(self):
    """AWS adds and overwrites tags."""
    tags(self).update(self._get_param("Tags"))
    return EmptyResult()


@adds(CognitoIdpResponse)
def untag_resource(self):
    """AWS removes tags by their keys."""
    for key in self._get_param("TagKeys"):
        tags(self).pop(key, None)
    return EmptyResult()


def tags(response):
    pool = response.backend.describe_user_pool(response._get_param("ResourceArn").rsplit("/", 1)[-1])
    return pool.extended_config.setdefault("UserPoolTags", {})


def user_pool(response):
    return response.backend.describe_user_pool(response._get_param("UserPoolId"))
