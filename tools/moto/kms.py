"""KMS: rotation period, keys of one region."""

import json

from moto.kms.models import Key
from moto.kms.responses import KmsResponse

from extension import extends


@extends(Key)
def to_dict(original, self):
    """AWS says of every key whether it is of several regions."""
    answer = original(self)
    answer["KeyMetadata"]["MultiRegion"] = bool(self.multi_region)
    return answer


@extends(KmsResponse)
def enable_key_rotation(original, self):
    """AWS rotates every 365 days unless told another period, and keeps it."""
    answer = original(self)
    key = self.kms_backend.describe_key(self._get_param("KeyId"))
    key.rotation_period_in_days = self._get_param("RotationPeriodInDays", 365)
    return answer


@extends(KmsResponse)
def get_key_rotation_status(original, self):
    """AWS answers the period of a key that rotates."""
    answer = json.loads(original(self))
    if answer["KeyRotationEnabled"]:
        key = self.kms_backend.describe_key(self._get_param("KeyId"))
        answer["RotationPeriodInDays"] = key.rotation_period_in_days
    return json.dumps(answer)
