from tests.control_plane import ControlPlaneTest, arn, client


class CompositeAlarmTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.cloudwatch = client("cloudwatch")

    def composite_alarms(self):
        return self.cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]

    def test_is_kept_with_what_keeps_it_from_acting(self):
        self.cloudwatch.put_composite_alarm(
            AlarmName="api",
            AlarmDescription="The API fails",
            AlarmRule='ALARM("errors") OR ALARM("latency")',
            AlarmActions=[arn("sns", "alerts")],
            OKActions=[arn("sns", "alerts")],
            ActionsSuppressor="infrastructure",
            ActionsSuppressorWaitPeriod=120,
            ActionsSuppressorExtensionPeriod=60,
            Tags=[{"Key": "Environment", "Value": "dev"}],
        )
        [alarm] = self.composite_alarms()
        kept = {key: value for key, value in alarm.items() if not key.startswith(("State", "AlarmConfiguration"))}
        self.assertEqual(
            kept,
            {
                "AlarmName": "api",
                "AlarmArn": arn("cloudwatch", "alarm:api"),
                "AlarmDescription": "The API fails",
                "AlarmRule": 'ALARM("errors") OR ALARM("latency")',
                "ActionsEnabled": True,
                "AlarmActions": [arn("sns", "alerts")],
                "OKActions": [arn("sns", "alerts")],
                "InsufficientDataActions": [],
                "ActionsSuppressor": "infrastructure",
                "ActionsSuppressorWaitPeriod": 120,
                "ActionsSuppressorExtensionPeriod": 60,
            },
        )
        tags = self.cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
        self.assertEqual(tags, [{"Key": "Environment", "Value": "dev"}])

    def test_is_changed_in_place_and_deleted_like_others(self):
        self.cloudwatch.put_composite_alarm(AlarmName="api", AlarmRule='ALARM("errors")')
        self.cloudwatch.put_composite_alarm(AlarmName="api", AlarmRule='ALARM("latency")', ActionsEnabled=False)
        [alarm] = self.composite_alarms()
        self.assertEqual((alarm["AlarmRule"], alarm["ActionsEnabled"]), ('ALARM("latency")', False))
        self.cloudwatch.delete_alarms(AlarmNames=["api"])
        self.assertEqual(self.composite_alarms(), [])
