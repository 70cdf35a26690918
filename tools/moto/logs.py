"""CloudWatch Logs: class of a group."""

from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

from extension import extends


@extends(LogsResponse)
def create_log_group(original, self):
    """AWS keeps the class a group was created with."""
    answer = original(self)
    group = self.logs_backend.groups[self._get_param("logGroupName")]
    group.log_group_class = self._get_param("logGroupClass", "STANDARD")
    return answer


@extends(LogGroup)
def to_describe_dict(original, self):
    """AWS answers the class; a group that a service created by itself is STANDARD."""
    return {**original(self), "logGroupClass": getattr(self, "log_group_class", "STANDARD")}
