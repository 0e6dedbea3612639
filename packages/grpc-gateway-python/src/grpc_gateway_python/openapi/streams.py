"""Describes responses that are streamed: as server-sent events, or as newline-delimited JSON."""

import json
from typing import Final

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python._requests.headers import NDJSON_TYPE
from grpc_gateway_python._responses.server_sent_events import EVENTS_TYPE
from grpc_gateway_python.openapi.document import JSON_TYPE, Json
from grpc_gateway_python.openapi.document_operations import BLAND, RAW, DocumentOperation
from grpc_gateway_python.openapi.errors import headers
from rpc_contract.generator import event_ids_of

EVENTS: Final = EVENTS_TYPE.decode()
LINES: Final = NDJSON_TYPE.decode()
UPSTREAM_NOTE: Final = "(streaming responses)"
NO_CONTENT: Final = "204"
CACHE_CONTROL: Final[Json] = {"type": "string", "description": "`no-store`."}
LAST_EVENT_ID: Final = "Last-Event-ID"
GO_NAME: Final = {"x-go-name": "LastEventIDHeader"}
"""go-swagger, which reads OpenAPI 2.0, would call the header like the parameter beside it."""
EVENTS_TEXT: Final = (
    "Server-sent events: `data` is one line of JSON, and `id`, if there is one, is what `Last-Event-ID` repeats. "
    "After an error, which can no longer be the status, an event with the type `error` has it as data. "
    "Comments keep the connection open, and the stream ends after some minutes so that the client connects again."
)


def refine_streams(contract: Annotations, operation: DocumentOperation) -> None:
    """Replaces protoc-gen-openapiv2's description of a streamed response by what the gateway sends."""
    if not operation.method.server_streaming:
        return
    success = operation.success[1]
    success["description"] = success["description"].removesuffix(UPSTREAM_NOTE)
    if success["schema"].get("format") == RAW["format"]:  # a google.api.HttpBody
        return
    success["schema"] = success["schema"]["properties"]["result"]
    if success["description"] == BLAND:
        success["description"] = "The messages."
    success["description"] += f"\n\n{EVENTS_TEXT}"
    success["headers"] = {"Cache-Control": dict(CACHE_CONTROL)}
    ids = event_ids_of(contract.contracts, operation.method)
    formats = [EVENTS, LINES] if ids else [LINES, EVENTS]
    operation.node["produces"] = [*formats, JSON_TYPE]
    operation.node["responses"][NO_CONTENT] = {
        "description": "There is nothing more to stream. An `EventSource` doesn't connect again.",
        "headers": headers(NO_CONTENT),
    }
    if ids is not None:
        _add_last_event_id(operation, ids.last_id.name, ids.last_id.json_name)


def is_stream(node: Json) -> bool:
    """Tells whether an operation of the document streams messages."""
    return EVENTS in node.get("produces", ())


def stream_content(node: Json, media: Json) -> Json:
    """Returns the content of a streamed response in OpenAPI 3, where each format has its own schema.

    The schema of events is a string: OpenAPI 3.0 can't describe their data, and clients would decode the whole stream as
    one message.

    Args:
        node: The operation in OpenAPI 2.
        media: The schema of a message, and its example if there is one.
    """
    line = {"type": "object", "properties": {"result": media["schema"]}}
    events: Json = {"schema": {"type": "string"}}
    if "example" in media:
        data = json.dumps(media["example"], ensure_ascii=False, separators=(",", ":"))
        events["example"] = f"data: {data}\n\n"
    schemas = {EVENTS: events, LINES: {"schema": line}}
    return {name: schemas[name] for name in node["produces"] if name in schemas}


def _add_last_event_id(operation: DocumentOperation, *names: str) -> None:
    """Documents the header that sets the request's last id beside the parameter that does so."""
    parameter = next(item for item in operation.parameters if item["name"] in names)
    kept = {key: value for key, value in parameter.items() if key not in {"name", "in"}}
    description = f"Takes the place of `{parameter['name']}`; an `EventSource` sends it when it connects again."
    header = {"name": LAST_EVENT_ID, "in": "header", **kept, "description": description, **GO_NAME}
    operation.parameters.append(header)
