import time

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


class FilteredEventsTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.logs = client("logs")
        self.logs.create_log_group(logGroupName="audit")
        self.now = int(time.time() * 1000)
        self.put("one", {0: '{"id":"a","sequence":"1"}', 20: '{"id":"c"}'})
        self.put("two", {10: '{"id":"b","sequence":"12"}', 30: "not JSON"})

    def put(self, stream, messages):
        self.logs.create_log_stream(logGroupName="audit", logStreamName=stream)
        events = [{"timestamp": self.now + delay, "message": message} for delay, message in messages.items()]
        self.logs.put_log_events(logGroupName="audit", logStreamName=stream, logEvents=events)

    def found(self, **arguments):
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName="audit", **arguments)
        return [[event["message"] for event in page["events"]] for page in pages]

    def test_come_from_all_streams_in_order_of_time(self):
        [[a, b, c, text]] = self.found()
        self.assertEqual((a[:9], b[:9], c[:9], text), ('{"id":"a"', '{"id":"b"', '{"id":"c"', "not JSON"))

    def test_lie_in_a_range_both_ends_of_which_belong_to_it(self):
        [[b, c]] = self.found(startTime=self.now + 10, endTime=self.now + 20)
        self.assertEqual((b[:9], c[:9]), ('{"id":"b"', '{"id":"c"'))

    def test_come_by_pages(self):
        self.assertEqual([len(page) for page in self.found(PaginationConfig={"PageSize": 3})], [3, 1])
        self.assertEqual([len(page) for page in self.found(PaginationConfig={"PageSize": 4})], [4])

    def test_are_picked_by_members_of_json(self):
        self.assertEqual(self.found(filterPattern="{ $.sequence = * }"), [[*self.found()[0][:2]]])
        self.assertEqual(self.found(filterPattern='{ $.sequence = "12" }'), [['{"id":"b","sequence":"12"}']])
        self.assertEqual(self.found(filterPattern="{ $.absent = * }"), [[]])

    def test_are_not_picked_by_a_pattern_that_is_not_known_here(self):
        self.assert_refused(
            "InvalidParameterException",
            self.logs.filter_log_events,
            logGroupName="audit",
            filterPattern="{ $.sequence > 7 }",
        )

    def test_of_a_group_that_is_not_there_are_refused(self):
        self.assert_refused("ResourceNotFoundException", self.logs.filter_log_events, logGroupName="absent")


class SavedQueriesTest(ControlPlaneTest):
    def setUp(self):
        super().setUp()
        self.logs = client("logs")

    def saved(self, **arguments):
        queries = self.logs.describe_query_definitions(**arguments)["queryDefinitions"]
        return [(query["name"], query["queryString"], query["logGroupNames"]) for query in queries]

    def save(self, name, query="fields @message", **arguments):
        answer = self.logs.put_query_definition(
            name=name, queryString=query, logGroupNames=["audit"], **arguments
        )
        return answer["queryDefinitionId"]

    def test_are_found_by_the_beginning_of_their_names(self):
        self.save("b/who"), self.save("a/what"), self.save("a/when")
        self.assertEqual(
            self.saved(queryDefinitionNamePrefix="a/"),
            [("a/what", "fields @message", ["audit"]), ("a/when", "fields @message", ["audit"])],
        )
        self.assertEqual([name for name, *_ in self.saved()], ["a/what", "a/when", "b/who"])

    def test_are_changed_and_deleted_by_their_ids(self):
        identifier = self.save("who")
        self.assertEqual(self.save("who", "fields userId", queryDefinitionId=identifier), identifier)
        self.assertEqual(self.saved(), [("who", "fields userId", ["audit"])])
        self.logs.delete_query_definition(queryDefinitionId=identifier)
        self.assertEqual(self.saved(), [])
        self.assert_refused(
            "ResourceNotFoundException", self.logs.delete_query_definition, queryDefinitionId=identifier
        )
