"""CloudWatch: composite alarms."""

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import EmptyResult

from extension import adds

SUPPRESSOR = {
    "ActionsSuppressor": "actions_suppressor",
    "ActionsSuppressorWaitPeriod": "actions_suppressor_wait_period",
    "ActionsSuppressorExtensionPeriod": "actions_suppressor_extension_period",
}


@adds(CloudWatchResponse)
def put_composite_alarm(self):
    """AWS keeps an alarm on the states of others, which another one may keep from acting."""
    enabled = self._get_param("ActionsEnabled")
    alarm = self.cloudwatch_backend.put_metric_alarm(
        name=self._get_param("AlarmName"),
        namespace=None,
        metric_name=None,
        comparison_operator=None,
        evaluation_periods=None,
        period=None,
        threshold=None,
        statistic=None,
        description=self._get_param("AlarmDescription"),
        dimensions=[],
        alarm_actions=self._get_param("AlarmActions", []),
        ok_actions=self._get_param("OKActions", []),
        insufficient_data_actions=self._get_param("InsufficientDataActions", []),
        actions_enabled=True if enabled is None else enabled,
        rule=self._get_param("AlarmRule"),
        tags=self._get_param("Tags", []),
    )
    for parameter, attribute in SUPPRESSOR.items():
        setattr(alarm, attribute, self._get_param(parameter))
    return EmptyResult()
