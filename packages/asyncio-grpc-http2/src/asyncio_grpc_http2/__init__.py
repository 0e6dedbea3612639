"""gRPC over HTTP/2 for asyncio."""

from asyncio_grpc_http2._client.channel import Channel
from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._client.methods import StreamingMethod, UnaryMethod
from asyncio_grpc_http2._client.options import ChannelOptions
from asyncio_grpc_http2._client.streaming_call import StreamingCall
from asyncio_grpc_http2._client.unary_call import UnaryCall
from asyncio_grpc_http2._http2 import Keepalive, Limits
from asyncio_grpc_http2._server.context import AbortError, ServicerContext
from asyncio_grpc_http2._server.methods import RpcMethodHandler
from asyncio_grpc_http2._server.options import ServerOptions
from asyncio_grpc_http2._server.server import Server
from asyncio_grpc_http2._status import StatusCode

__all__ = [
    "AbortError",
    "Channel",
    "ChannelOptions",
    "Keepalive",
    "Limits",
    "RpcError",
    "RpcMethodHandler",
    "Server",
    "ServerOptions",
    "ServicerContext",
    "StatusCode",
    "StreamingCall",
    "StreamingMethod",
    "UnaryCall",
    "UnaryMethod",
]
