"""The names that other packages import; a change of this list is a change of the public interface."""

import asyncio_grpc_http2


def test_names_of_the_package() -> None:
    assert asyncio_grpc_http2.__all__ == [
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
