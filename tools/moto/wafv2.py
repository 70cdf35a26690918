"""WAF: what a web ACL protects."""

import json

from moto.wafv2.exceptions import WAFNonexistentItemException, WAFv2ClientError
from moto.wafv2.models import WAFV2Backend
from moto.wafv2.responses import WAFV2Response

from extension import adds, extends


@adds(WAFV2Response)
def list_resources_for_web_acl(self):
    """AWS lists the resources of one type that a web ACL protects, load balancers unless told otherwise."""
    acl = self.wafv2_backend.wacls.get(self._get_param("WebACLArn"))
    if acl is None:
        raise WAFNonexistentItemException()
    of_stages = self._get_param("ResourceType") == "API_GATEWAY"
    found = [arn for arn in acl.associated_resources if of_stages == (":apigateway:" in arn)]
    return 200, {"Content-Type": "application/json"}, json.dumps({"ResourceArns": found})


@extends(WAFV2Backend)
def delete_web_acl(original, self, name, scope, _id, lock_token):
    """AWS deletes a web ACL that protects nothing."""
    for acl in self.wacls.values():
        if acl.id == _id and acl.associated_resources:
            raise WAFv2ClientError(
                "WAFAssociatedItemException",
                "AWS WAF couldn't perform the operation because your resource is being used by another resource "
                "or it's associated with another resource.",
            )
    return original(self, name=name, scope=scope, _id=_id, lock_token=lock_token)
