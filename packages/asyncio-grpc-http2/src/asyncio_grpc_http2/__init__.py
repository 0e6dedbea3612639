"""gRPC over HTTP/2 for asyncio."""

from asyncio_grpc_http2._client.channel import Channel
from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._client.methods import StreamingMethod, UnaryMethod
from asyncio_grpc_http2._client.options import ChannelOptions
from asyncio_grpc_http2._client.streaming_call import StreamingCall
from asyncio_grpc_http2._client.unary_call import UnaryCall
from asyncio_grpc_http2._http2 import Keepalive, Limits
from asyncio_grpc_http2._status import StatusCode

__all__ = [
    "Channel",
    "ChannelOptions",
    "Keepalive",
    "Limits",
    "RpcError",
    "StatusCode",
    "StreamingCall",
    "StreamingMethod",
    "UnaryCall",
    "UnaryMethod",
]
