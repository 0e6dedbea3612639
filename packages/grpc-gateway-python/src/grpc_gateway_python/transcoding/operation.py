"""The HTTP bindings of methods, as generated modules describe them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.message import Message

from grpc_gateway_python.transcoding.details import DetailWriter
from grpc_gateway_python.transcoding.query import Query
from rpc_access import Access

ANY_SEGMENT: Final = "*"
ANY_SEGMENTS: Final = "**"

ReadRequest = Callable[[Sequence[str], Query, object], bytes]
"""Path captures, query and JSON body → the request message's bytes."""
WriteResponse = Callable[[bytes], bytes]
"""The response message's bytes → JSON."""


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A parsed path template of google/api/http.proto."""

    segments: tuple[str, ...]
    """Literals, `*` for one segment, and at most one `**`, which is last and matches any number of segments."""
    captures: tuple[tuple[int, int], ...] = ()
    """The segments of each variable, as start and stop of a slice; a stop of -1 means the end of the path."""
    verb: str = ""
    """The custom verb: the part after the colon that follows the last segment (AIP-136)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One HTTP binding of one method."""

    id: str
    """The `operationId` in the specification."""
    service: str
    """The full name of the gRPC service."""
    rpc: str
    """The path of the gRPC method, `/package.Service/Method`."""
    http_method: str
    path: PathTemplate
    status: int
    """The HTTP status of a successful response."""
    body: str | None
    """The request field that the body contains: `*` is the whole message, None means no body."""
    read: ReadRequest
    write: WriteResponse
    write_detail: DetailWriter
    """Writes the details of the service's errors."""
    request: type[Message]
    """The class of the request message."""
    response: type[Message]
    """The class of the response message."""
    domain: str = ""
    """The `domain` of the service's errors (AIP-193); empty if the contract declares none."""
    access: Access | None = None
    """Who may call the method; with access control, a call of a method without it is rejected."""
    locate: Callable[[bytes], str] | None = None
    """The response message's bytes → the Location of the created resource, relative to the request's URL."""
    empty_body: bytes = b"{}"
    """The JSON that is read in place of an empty body: an empty message, or the field's default."""
    raw_body: bool = False
    """Whether `read` takes the body as a google.api.HttpBody and not as JSON."""
    raw_response: bool = False
    """Whether `write` returns the bytes of a google.api.HttpBody and not JSON."""
    is_streaming: bool = False
    """Whether the server streams its responses."""
    event_id: Callable[[Any], str] | None = None
    """Returns the id of a streamed message; None if the contract declares none."""
    last_event_id: str = ""
    """The parameter with the id of the last message that the client received; empty if the contract declares none."""
