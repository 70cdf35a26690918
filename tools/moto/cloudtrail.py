"""CloudTrail: trails by their ARNs, and only those that are asked for."""

import json

from moto.cloudtrail.models import CloudTrailBackend
from moto.cloudtrail.responses import CloudTrailResponse

from extension import extends, replaces


@replaces(CloudTrailBackend)
def delete_trail(self, name):
    """AWS takes a trail's ARN for its name, and refuses what is none's."""
    del self.trails[self.get_trail(name).trail_name]


@extends(CloudTrailResponse)
def describe_trails(original, self):
    """AWS describes the trails that are named, by name or ARN; all where none is."""
    wanted = self._get_param("trailNameList")
    trails = json.loads(original(self))["trailList"]
    return json.dumps({"trailList": [one for one in trails if not wanted or {one["Name"], one["TrailARN"]} & {*wanted}]})
