"""HTTP/2 (RFC 9113), as far as gRPC needs it: a connection's state without I/O, and its asyncio protocol."""

from asyncio_grpc_http2._http2.connection import Connection
from asyncio_grpc_http2._http2.errors import ErrorCode, Http2ConnectionError
from asyncio_grpc_http2._http2.events import Events
from asyncio_grpc_http2._http2.frames import STREAM_ID_MAX
from asyncio_grpc_http2._http2.header_encoding import encode_headers, encoded_name
from asyncio_grpc_http2._http2.header_list import Headers
from asyncio_grpc_http2._http2.limits import Limits
from asyncio_grpc_http2._http2.protocol import ConnectionProtocol, Keepalive
from asyncio_grpc_http2._http2.stream import Stream

__all__ = [
    "STREAM_ID_MAX",
    "Connection",
    "ConnectionProtocol",
    "ErrorCode",
    "Events",
    "Headers",
    "Http2ConnectionError",
    "Keepalive",
    "Limits",
    "Stream",
    "encode_headers",
    "encoded_name",
]
