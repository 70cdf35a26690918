from tests.control_plane import ControlPlaneTest, client


class LogsTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.logs = client("logs")

    def classes(self):
        return {group["logGroupName"]: group["logGroupClass"] for group in self.logs.describe_log_groups()["logGroups"]}

    def test_keeps_the_class_of_a_group(self):
        self.logs.create_log_group(logGroupName="standard")
        self.logs.create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS")
        self.assertEqual(self.classes(), {"standard": "STANDARD", "rare": "INFREQUENT_ACCESS"})

    def test_refuses_a_group_that_exists(self):
        self.logs.create_log_group(logGroupName="once")
        self.assert_refused("ResourceAlreadyExistsException", self.logs.create_log_group, logGroupName="once")
