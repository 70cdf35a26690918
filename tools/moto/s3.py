"""S3: tags that a bucket is created with, conditions of a bucket's policy."""

import json

import xmltodict
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from extension import extends, replaces


@extends(S3Response)
def _bucket_response_put(original, self, request, bucket_name, querystring):
    """AWS tags a bucket while it creates it."""
    answer = original(self, request, bucket_name, querystring)
    if not querystring and self.body:
        configuration = xmltodict.parse(self.body, force_list=("Tag",))["CreateBucketConfiguration"]
        tags = (configuration.get("Tags") or {}).get("Tag", [])
        self.backend.put_bucket_tagging(bucket_name, {tag["Key"]: tag["Value"] for tag in tags})
    return answer


@replaces(FakeBucket)
def get_permission(self, action, resource):
    """AWS applies a statement where its condition holds: none of ours holds for a caller of the account, who counts as coming over TLS."""
    statements = json.loads(self.policy)["Statement"] if self.policy else []
    unconditional = [statement for statement in statements if "Condition" not in statement]
    if not unconditional:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps({"Statement": unconditional})).is_action_permitted(action, resource)
