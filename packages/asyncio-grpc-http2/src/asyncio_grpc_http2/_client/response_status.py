"""The status of a call, from the fields and codes of its response."""

from typing import Final, NamedTuple

from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._grpc.metadata import Metadata, decode_binary, metadata_of
from asyncio_grpc_http2._grpc.status_fields import (
    GRPC_MESSAGE,
    GRPC_STATUS,
    GRPC_STATUS_DETAILS,
    decode_message,
)
from asyncio_grpc_http2._http2 import ErrorCode, Headers
from asyncio_grpc_http2._status import StatusCode

OK: Final = (GRPC_STATUS, "0")
HTTP_OK: Final = (":status", "200")
CODES: Final = {str(int(code)): code for code in StatusCode}
CONTENT_TYPE: Final = "application/grpc"
HTTP_STATUSES: Final = {
    "400": StatusCode.INTERNAL,
    "401": StatusCode.UNAUTHENTICATED,
    "403": StatusCode.PERMISSION_DENIED,
    "404": StatusCode.UNIMPLEMENTED,
    "429": StatusCode.UNAVAILABLE,
    "502": StatusCode.UNAVAILABLE,
    "503": StatusCode.UNAVAILABLE,
    "504": StatusCode.UNAVAILABLE,
}
"""https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md; others are UNKNOWN."""
RESETS: Final[dict[ErrorCode | int, StatusCode]] = {
    ErrorCode.REFUSED_STREAM: StatusCode.UNAVAILABLE,
    ErrorCode.CANCEL: StatusCode.CANCELLED,
    ErrorCode.ENHANCE_YOUR_CALM: StatusCode.RESOURCE_EXHAUSTED,
    ErrorCode.INADEQUATE_SECURITY: StatusCode.PERMISSION_DENIED,
}
"""https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors; others are INTERNAL."""


class Meaning(NamedTuple):
    """What a header list says about a response; derived once from a list that many streams share."""

    is_grpc: bool
    """Whether the list is the head of a gRPC response."""
    is_ok: bool
    """Whether the list ends a call with OK."""
    metadata: Metadata


def meaning_of(headers: Headers) -> Meaning:
    """Returns what a header list says."""
    meaning: Meaning | None = headers.meaning
    if meaning is None:
        meaning = headers.meaning = Meaning(_is_grpc(headers), OK in headers, _metadata(headers))
    return meaning


def _is_grpc(headers: Headers) -> bool:
    if HTTP_OK not in headers:
        return False
    content_type = next((value for name, value in headers if name == "content-type"), "")
    return content_type.startswith(CONTENT_TYPE)


def http_error(headers: Headers) -> RpcError:
    """Returns the error of a response that isn't gRPC."""
    if headers[0] != HTTP_OK:
        status = headers[0][1]
        code = HTTP_STATUSES.get(status, StatusCode.UNKNOWN)
        return RpcError(code, f"server responded with HTTP status {status}")
    for name, value in headers:
        if name == "content-type":
            return RpcError(StatusCode.UNKNOWN, f"server responded with content-type {value}")
    return RpcError(StatusCode.UNKNOWN, "server responded without content-type")


def status_error(initial: Headers, trailing: Headers) -> RpcError:
    """Returns the error of a response whose trailers have no status, or one other than OK."""
    fields = dict(trailing)
    status = fields.get(GRPC_STATUS)
    if status is None:
        return RpcError(StatusCode.UNKNOWN, "server sent no grpc-status")
    return RpcError(
        CODES.get(status, StatusCode.UNKNOWN),
        decode_message(fields.get(GRPC_MESSAGE, "")),
        from_server=True,
        initial_metadata=meaning_of(initial).metadata,
        trailing_metadata=meaning_of(trailing).metadata,
        status_details=_details(fields.get(GRPC_STATUS_DETAILS)),
    )


def reset_error(code: ErrorCode | int, *, by_peer: bool) -> RpcError:
    """Returns the error of a stream that was reset with a code."""
    name = code.name if isinstance(code, ErrorCode) else str(code)
    if not by_peer:
        return RpcError(StatusCode.INTERNAL, f"server broke HTTP/2 in a response: {name}")
    return RpcError(RESETS.get(code, StatusCode.INTERNAL), f"server reset the stream: {name}")


def deadline_error() -> RpcError:
    """Returns the error of a call whose deadline has passed."""
    return RpcError(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded")


def _metadata(headers: Headers) -> Metadata:
    """Returns the metadata among a response's fields; none if a binary value isn't base64, which fails no call."""
    try:
        return metadata_of(headers)
    except ValueError:
        return ()


def _details(value: str | None) -> bytes | None:
    if value is None:
        return None
    try:
        return decode_binary(value)
    except ValueError:
        return None
