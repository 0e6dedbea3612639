"""A gRPC channel that reconnects within seconds, even after all servers were unreachable for long."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import grpc
from grpc import ChannelConnectivity as State

from grpc_gateway_python._requests.metadata import Metadata
from grpc_gateway_python._upstream.calls import (
    StreamingCall,
    StreamingMethod,
    UnaryCall,
    UnaryMethod,
)
from grpc_gateway_python._upstream.grpcio_calls import GrpcioStreamingCall, GrpcioUnaryCall

LOOK_SECONDS: Final = 2.0
"""How often a channel that reaches no server gets a successor; longer than a DNS look-up and a connection take."""
CLOSE_SECONDS_MAX: Final = 60.0
"""How long calls in progress on a replaced channel may go on."""


class Channel:
    """A gRPC channel that is replaced when it reaches no server.

    gRPC retries a failed DNS look-up less and less often, down to once in two minutes. So a channel
    that reaches no server gets a successor every LOOK_SECONDS. The successor replaces it once it
    reaches a server; until then the channel fails calls at once.
    """

    def __init__(
        self, open_: Callable[[], grpc.aio.Channel], look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._open = open_
        self._channel = open_()
        self._successor: grpc.aio.Channel | None = None
        self._calls: dict[str, Any] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._look_seconds = look_seconds
        self._timer = asyncio.get_running_loop().call_later(look_seconds, self._look)

    def unary(self, rpc: str) -> UnaryMethod:
        """Returns the function that calls a unary method."""

        def call(
            message: bytes,
            *,
            timeout: float | None,
            metadata: Metadata,
            on_end: Callable[[UnaryCall], None] | None = None,
        ) -> UnaryCall:
            made = self._made(rpc, lambda channel: channel.unary_unary(rpc))
            return GrpcioUnaryCall(made(message, timeout=timeout, metadata=metadata), on_end)

        return call

    def streaming(self, rpc: str) -> StreamingMethod:
        """Returns the function that calls a method with streamed responses."""

        def call(message: bytes, *, timeout: float | None, metadata: Metadata) -> StreamingCall:
            made = self._made(rpc, lambda channel: channel.unary_stream(rpc))
            return GrpcioStreamingCall(made(message, timeout=timeout, metadata=metadata))

        return call

    async def close(self) -> None:
        """Closes the channel and cancels all calls."""
        self._timer.cancel()
        for closing in self._closing:
            closing.cancel()
        for channel in filter(None, (self._channel, self._successor)):
            await channel.close()

    def _made(self, rpc: str, make: Callable[[grpc.aio.Channel], Any]) -> Any:
        """Returns the current channel's function that calls a method."""
        made = self._calls.get(rpc)
        if made is None:
            made = self._calls[rpc] = make(self._channel)
        return made

    def _look(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._look_seconds, self._look)
        successor, self._successor = self._successor, None
        if self._channel.get_state() is not State.TRANSIENT_FAILURE:
            self._drop(successor)
        elif successor is not None and successor.get_state() is State.READY:
            self._drop(self._channel)
            self._channel = successor
            self._calls.clear()
        else:
            self._drop(successor)
            self._successor = self._open()
            self._successor.get_state(try_to_connect=True)

    def _drop(self, channel: grpc.aio.Channel | None) -> None:
        if channel is not None:
            closing = asyncio.get_running_loop().create_task(channel.close(CLOSE_SECONDS_MAX))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
