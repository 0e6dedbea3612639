"""What a generated module says about each way to call a method over HTTP."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from grpc_gateway_python.transcoding.details import DetailWriter
from grpc_gateway_python.transcoding.query import Query

ANY_SEGMENT: Final = "*"
ANY_SEGMENTS: Final = "**"

ReadRequest = Callable[[Sequence[str], Query, object], bytes]
"""Path captures, query and JSON body → the request message's bytes."""
WriteResponse = Callable[[bytes], bytes]
"""The response message's bytes → JSON."""


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path template of google/api/http.proto, taken apart."""

    segments: tuple[str, ...]
    """Literals, `*` for one segment, and at most one `**`, at the end, for any number of them."""
    captures: tuple[tuple[int, int], ...] = ()
    """Per variable, the segments it spans, as the start and the stop of a slice; a stop of -1
    means to the end."""
    verb: str = ""
    """What follows the colon after the last segment."""


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
    """The HTTP status of success."""
    body: str | None
    """The request field that the body is: `*` for the whole message, None for no body."""
    read: ReadRequest
    write: WriteResponse
    write_detail: DetailWriter
    """Writes the details of the service's errors."""
    empty_body: bytes = b"{}"
    """The JSON that a body without content stands for: an empty message, or the field's default."""
    raw_body: bool = False
    """Whether `read` takes the body as a google.api.HttpBody and not as JSON."""
    raw_response: bool = False
    """Whether `write` returns the bytes of a google.api.HttpBody and not JSON."""
    streams: bool = False
    """Whether the server streams its responses."""
