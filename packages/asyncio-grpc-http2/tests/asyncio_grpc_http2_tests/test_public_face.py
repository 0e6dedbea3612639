"""The names that other packages import; a change of this list is a change of the public interface."""

import asyncio_grpc_http2


def test_names_of_the_package() -> None:
    assert asyncio_grpc_http2.__all__ == [
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
