"""Responses to requests that start no handler."""

from asyncio_grpc_http2._grpc.status_fields import status_fields
from asyncio_grpc_http2._http2 import encode_headers
from asyncio_grpc_http2._server.call import RESPONSE_FIELDS
from asyncio_grpc_http2._status import StatusCode

_CONTENT_TYPES = frozenset(("application/grpc", "application/grpc+proto"))
_METHOD_NOT_ALLOWED = encode_headers([(":status", "405"), ("allow", "POST")])
_UNSUPPORTED_MEDIA_TYPE = encode_headers([(":status", "415")])


def http_rejection(fields: dict[str, str]) -> bytes | None:
    """Returns the response to a request that isn't gRPC, or None."""
    if fields[":method"] != "POST":
        return _METHOD_NOT_ALLOWED
    content_type = fields.get("content-type", "")
    if content_type not in _CONTENT_TYPES and not content_type.startswith(
        ("application/grpc+", "application/grpc;")
    ):
        return _UNSUPPORTED_MEDIA_TYPE
    return None


def status_rejection(code: StatusCode, text: str) -> bytes:
    """Returns a response that is only trailers."""
    identity = [("grpc-accept-encoding", "identity")] if code == StatusCode.UNIMPLEMENTED else []
    return encode_headers(RESPONSE_FIELDS + identity + status_fields(code, text))
