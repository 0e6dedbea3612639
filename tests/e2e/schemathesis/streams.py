"""How schemathesis reads streamed responses: it takes the schema of `text/event-stream` for that of each event.

OpenAPI 3.0 can't describe the data of events, and Swagger 2.0 has one schema for all formats of a response. So the hook
gives schemathesis the schema of an event, whose data is a message.
"""

import json
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.parameters import ParameterLocation

EVENTS = "text/event-stream"
LINES = "application/x-ndjson"
LAST_EVENT_ID = "Last-Event-ID"


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Replaces the schemas of streams."""
    for item in raw_schema["paths"].values():
        for operation in item.values():
            success = operation["responses"].get("200", {})
            if EVENTS in success.get("content", {}):
                message = success["content"][LINES]["schema"]["properties"]["result"]
                success["content"][EVENTS] = {"schema": event_of(message)}
            elif EVENTS in operation.get("produces", []):
                success["schema"] = {}  # a list of events, or a line


def event_of(message: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of an event with a message, or of the event of an error."""
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": message}
    return {
        "type": "object",
        "required": ["data"],
        "anyOf": [
            {"properties": {"data": data}},
            {"properties": {"event": {"enum": ["error"]}}, "required": ["event"]},
        ],
    }


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Leaves out Last-Event-ID beside an invalid query: it takes the place of the query's id, which is ignored then."""
    meta = case.meta
    if meta is not None and case.headers and meta.is_negative_at(ParameterLocation.QUERY):
        case.headers.pop(LAST_EVENT_ID, None)


@schemathesis.deserializer(LINES)
def lines(context: Any, response: Response) -> Any:
    """Returns the first line, which stands for all."""
    return json.loads(response.content.partition(b"\n")[0] or b"{}")
