"""How other services of AWS call functions: with a resource permission for their principal, through moto's Lambda."""

import json
from fnmatch import fnmatchcase

from moto.awslambda.utils import get_backend


def find(account_id, arn):
    return get_backend(account_id, arn.split(":")[3]).get_function(arn)


def may_call(function, principal, source_account, source_arn):
    """Whether a statement of the function's policy admits the service, for this account and resource if it says so."""
    context = {"aws:sourceaccount": source_account, "aws:sourcearn": source_arn}
    return any(_allows(statement, principal, context) for statement in function.policy.statements)


def _allows(statement, principal, context):
    conditions = [
        (key.lower(), pattern)
        for operator in statement.get("Condition", {}).values()
        for key, pattern in operator.items()
    ]
    return (
        statement["Effect"] == "Allow"
        and statement["Action"] == "lambda:InvokeFunction"
        and statement["Principal"] == {"Service": principal}
        and all(fnmatchcase(context.get(key, ""), pattern) for key, pattern in conditions)
    )


def call(account_id, arn, event):
    """The function's answer, and whether it failed."""
    headers = {}
    answer = get_backend(account_id, arn.split(":")[3]).invoke(arn, None, json.dumps(event), {}, headers)
    return json.loads(answer), "x-amz-function-error" in headers
