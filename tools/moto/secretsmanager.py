"""Secrets Manager: rotation by a function in its four steps, and of the secrets that RDS manages."""

import json
import secrets
import string
import sys
import threading
import time
import uuid

from moto.awslambda.exceptions import UnknownFunctionException
from moto.secretsmanager.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceNotFoundException,
    SecretNotFoundException,
    SecretsManagerClientError,
)
from moto.secretsmanager.models import FakeSecret, ReplicaSecret, SecretsManagerBackend

import function_calls
from extension import extends, replaces

STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]
DAY = 24 * 60 * 60
# AWS: "Password management with Amazon RDS and AWS Secrets Manager".
MANAGED_ROTATION_DAYS = 7
MANAGED_PASSWORD_CHARACTERS = string.ascii_letters + string.digits + "!#$%&*()_+-=[]{}|<>?"

_managed_rotation_hooks = []


class AccessDenied(SecretsManagerClientError):
    def __init__(self):
        super().__init__(
            "AccessDeniedException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            "access to the principal secretsmanager.amazonaws.com",
        )


class RotationInProgress(InvalidRequestException):
    def __init__(self):
        super().__init__("A previous rotation isn't complete. That rotation will be reattempted.")


def on_managed_rotation(function):
    """`function(secret, password)` gives the owner of a managed secret its next password."""
    _managed_rotation_hooks.append(function)
    return function


@extends(FakeSecret)
def __init__(original, self, *args, **kwargs):
    """What a rotation keeps of a secret."""
    original(self, *args, **kwargs)
    self.rotation_rules = {}
    self.rotating = False
    self.rotation_lock = threading.Lock()


@extends(SecretsManagerBackend)
def create_managed_secret(original, self, *args, **kwargs):
    """AWS rotates a secret that RDS manages every seven days from the start."""
    secret = original(self, *args, **kwargs)
    secret.rotation_requested = secret.rotation_enabled = True
    schedule(secret, {"AutomaticallyAfterDays": MANAGED_ROTATION_DAYS})
    return secret


@replaces(SecretsManagerBackend)
def rotate_secret(
    self,
    secret_id,
    client_request_token=None,
    rotation_lambda_arn=None,
    rotation_rules=None,
    rotate_immediately=True,
):
    """AWS keeps the schedule, answers, and then runs the steps, only the testing one where it is not to rotate now."""
    secret = rotatable_secret(self, secret_id)
    if secret.owning_service and rotation_lambda_arn:
        raise InvalidRequestException("You can't specify a rotation Lambda function for a managed secret.")
    arn = rotation_lambda_arn or secret.rotation_lambda_arn
    if not arn and not secret.owning_service:
        raise InvalidRequestException("No Lambda rotation function ARN is associated with this secret.")
    if arn:
        check_function(self, secret, arn)
    if rotation_rules:
        check_rules(rotation_rules)
        schedule(secret, rotation_rules)
    if client_request_token:
        self._client_request_token_validator(client_request_token)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = arn

    if secret.rotating:
        raise RotationInProgress()
    with secret.rotation_lock:  # held while the test step runs
        unfinished = pending_version(secret)
    token = unfinished or client_request_token or str(uuid.uuid4())
    if rotate_immediately:
        secret.rotating = True
        in_background(secret, rotate_managed if secret.owning_service else rotate_by_function, self, token)
    elif arn:
        in_background(secret, try_test_step, self, token)
    if unfinished and rotate_immediately:
        raise RotationInProgress()
    return secret.to_short_dict(version_id=token)


@extends(SecretsManagerBackend)
def update_secret_version_stage(original, self, secret_id, version_stage, remove_from_version_id, move_to_version_id):
    """AWS answers the version that holds AWSCURRENT where no other is asked for."""
    answer = original(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
    if version_stage == "AWSCURRENT" and move_to_version_id:
        self.secrets[secret_id].set_default_version_id(move_to_version_id)
    return answer


@extends(FakeSecret)
def to_dict(original, self):
    """AWS shows the whole schedule, no function where there is none, and only versions that hold a label."""
    description = original(self)
    if self.rotation_requested:
        description["RotationRules"] = self.rotation_rules
        if not self.rotation_lambda_arn:
            del description["RotationLambdaARN"]
    for key in "VersionIdsToStages", "SecretVersionsToStages":
        if key in description:
            description[key] = {version: stages for version, stages in description[key].items() if stages}
    return description


def rotatable_secret(backend, secret_id):
    if secret_id not in backend.secrets:
        raise SecretNotFoundException()
    secret = backend.secrets[secret_id]
    if isinstance(secret, ReplicaSecret):
        raise InvalidParameterException("Operation not permitted on a replica secret.")
    if secret.is_deleted():
        raise InvalidRequestException(
            "You can't perform this operation on the secret because it was marked for deletion."
        )
    return secret


def check_function(backend, secret, arn):
    """Secrets Manager needs a resource permission, which may be bound to the account and to the secret."""
    try:
        function = function_calls.find(backend.account_id, arn)
    except UnknownFunctionException:
        raise ResourceNotFoundException(f"Resource not found for ARN '{arn}'.") from None
    if not function_calls.may_call(function, "secretsmanager.amazonaws.com", backend.account_id, secret.arn):
        raise AccessDenied()


def check_rules(rules):
    if ("AutomaticallyAfterDays" in rules) == ("ScheduleExpression" in rules):
        raise InvalidParameterException("You must specify either AutomaticallyAfterDays or ScheduleExpression.")
    if not 1 <= rules.get("AutomaticallyAfterDays", 1) <= 1000:
        raise InvalidParameterException("RotationRules.AutomaticallyAfterDays must be within 1-1000.")


def schedule(secret, rules):
    secret.rotation_rules = rules
    set_next_rotation(secret)


def set_next_rotation(secret):
    """The next date of a `cron(…)` expression is not worked out: nothing here rotates by the clock."""
    rules = secret.rotation_rules
    days = rules.get("AutomaticallyAfterDays") or rate_days(rules.get("ScheduleExpression", ""))
    secret.next_rotation_date = int(time.time() + days * DAY) if days else None


def rate_days(expression):
    """`rate(10 days)` or `rate(12 hours)` in days, None for `cron(…)`."""
    if not expression.startswith("rate("):
        return None
    number, unit = expression.removeprefix("rate(").removesuffix(")").split()
    return int(number) / (24 if unit.startswith("hour") else 1)


def new_version(token, stages, **value):
    return {"createdate": int(time.time()), "version_id": token, "version_stages": stages, **value}


def pending_version(secret):
    """The version that a rotation prepared and did not finish."""
    for token, version in secret.versions.items():
        if "AWSPENDING" in version["version_stages"] and "AWSCURRENT" not in version["version_stages"]:
            return token
    return None


def in_background(secret, function, backend, token):
    def run():
        with secret.rotation_lock:
            try:
                function(backend, secret, token)
            finally:
                secret.rotating = False

    threading.Thread(target=run, daemon=True).start()


def rotate_by_function(backend, secret, token):
    """The token's version is pending, without a value, before the first step. A step that fails ends the rotation and
    leaves it so."""
    secret.versions.setdefault(token, new_version(token, ["AWSPENDING"]))
    if all(run_step(backend, secret, token, step) for step in STEPS):
        finish(secret)


def try_test_step(backend, secret, token):
    """AWS tries `testSecret` on a pending copy of the current version, if there is one, which it takes away again."""
    current = secret.versions.get(secret.default_version_id, {})
    secret.versions[token] = {**current, **new_version(token, ["AWSPENDING"])}
    run_step(backend, secret, token, "testSecret")
    del secret.versions[token]


def run_step(backend, secret, token, step):
    event = {"Step": step, "SecretId": secret.arn, "ClientRequestToken": token}
    answer, failed = function_calls.call(backend.account_id, secret.rotation_lambda_arn, event)
    if failed:
        print(f"Rotation of {secret.name}: {step}: {answer['errorMessage']}", file=sys.stderr, flush=True)
    return not failed


def rotate_managed(backend, secret, token):
    """RDS sets the password in the database first, and then makes it current."""
    credentials = json.loads(secret.versions[secret.default_version_id]["secret_string"])
    password = "".join(secrets.choice(MANAGED_PASSWORD_CHARACTERS) for _ in range(28))
    for hook in _managed_rotation_hooks:
        hook(secret, password)
    value = json.dumps({**credentials, "password": password})
    secret.reset_default_version(new_version(token, ["AWSCURRENT"], secret_string=value), token)
    finish(secret)


def finish(secret):
    secret.last_rotation_date = int(time.time())
    set_next_rotation(secret)
