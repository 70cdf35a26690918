"""S3: tags that a bucket is created with."""

import xmltodict
from moto.s3.responses import S3Response

from extension import extends


@extends(S3Response)
def _bucket_response_put(original, self, request, bucket_name, querystring):
    """AWS tags a bucket while it creates it."""
    answer = original(self, request, bucket_name, querystring)
    if not querystring and self.body:
        configuration = xmltodict.parse(self.body, force_list=("Tag",))["CreateBucketConfiguration"]
        tags = (configuration.get("Tags") or {}).get("Tag", [])
        self.backend.put_bucket_tagging(bucket_name, {tag["Key"]: tag["Value"] for tag in tags})
    return answer
