"""CloudWatch Logs: class of a group; order, JSON patterns and pages of what is found in it; saved queries."""

import json
import re
import sys
import uuid
from fnmatch import fnmatchcase

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogGroup, LogsBackend
from moto.logs.responses import LogsResponse

from extension import adds, extends, replaces

PAGE = 10_000
# `{ $.member = * }` or `{ $.member = "text" }`; AWS knows more ("Filter pattern syntax").
JSON_PATTERN = re.compile(r'\{\s*\$\.(?P<member>\w+)\s*=\s*(?P<value>\*|"[^"]*")\s*\}')


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


@replaces(LogsResponse)
def filter_log_events(self):
    """AWS answers the events of all streams by their time, and picks by members of JSON."""
    name, pattern = self._get_param("logGroupName"), self._get_param("filterPattern", "")
    picks_json = pattern.startswith("{")
    events, _, streams = self.logs_backend._find_log_group(log_group_name=name).filter_log_events(
        name,
        self._get_param("logStreamNames", []),
        self._get_param("startTime"),
        self._get_param("endTime"),
        sys.maxsize,
        None,
        "" if picks_json else pattern,
        True,
    )
    if picks_json:
        member, value = parse(pattern)
        events = [event for event in events if has(event["message"], member, value)]
    events.sort(key=lambda event: (event["timestamp"], int(event["eventId"])))
    page, next_token = page_of(events, self._get_param("limit") or PAGE, self._get_param("nextToken"))
    return json.dumps({"events": page, "nextToken": next_token, "searchedLogStreams": streams})


def parse(pattern):
    match = JSON_PATTERN.fullmatch(pattern.strip())
    if not match:
        raise InvalidParameterException(f"The local cloud does not know the filter pattern {pattern}")
    return match["member"], match["value"].strip('"')


def has(message, member, value):
    try:
        found = json.loads(message)
    except ValueError:
        return False
    return isinstance(found, dict) and member in found and fnmatchcase(str(found[member]), value)


def page_of(events, size, token):
    """The token is the last event before the page."""
    start = next(index + 1 for index, event in enumerate(events) if event["eventId"] == token) if token else 0
    page = events[start : start + size]
    return page, page[-1]["eventId"] if start + size < len(events) else None


@adds(LogsBackend)
@property
def query_definitions(self):
    """AWS keeps queries for the account and region."""
    return vars(self).setdefault("query_definitions", {})


@adds(LogsResponse)
def put_query_definition(self):
    """AWS saves a query, or changes the one with this id."""
    saved = self.logs_backend.query_definitions
    identifier = self._get_param("queryDefinitionId") or str(uuid.uuid4())
    saved[identifier] = {
        "queryDefinitionId": identifier,
        "name": self._get_param("name"),
        "queryString": self._get_param("queryString"),
        "logGroupNames": self._get_param("logGroupNames", []),
    }
    return json.dumps({"queryDefinitionId": identifier})


@adds(LogsResponse)
def describe_query_definitions(self):
    """AWS answers them by name."""
    prefix = self._get_param("queryDefinitionNamePrefix", "")
    found = [query for query in self.logs_backend.query_definitions.values() if query["name"].startswith(prefix)]
    return json.dumps({"queryDefinitions": sorted(found, key=lambda query: query["name"])})


@adds(LogsResponse)
def delete_query_definition(self):
    """AWS refuses to delete one that it does not have."""
    if not self.logs_backend.query_definitions.pop(self._get_param("queryDefinitionId"), None):
        raise ResourceNotFoundException("The specified query definition does not exist.")
    return json.dumps({"success": True})
