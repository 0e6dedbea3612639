"""Calls of grpcio, with the interface that both transports have."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any

import grpc

from asyncio_grpc_http2 import RpcError, StatusCode
from grpc_gateway_python._requests.metadata import ReceivedMetadata
from grpc_gateway_python._upstream.grpcio_errors import rpc_error


class GrpcioCall:
    """What unary and streaming calls have in common."""

    def __init__(self, call: Any) -> None:
        """`call`: a call of grpc.aio from bytes to bytes."""
        self._call = call
        self.initial_metadata: ReceivedMetadata = None
        self.trailing_metadata: ReceivedMetadata = None

    def time_remaining(self) -> float | None:
        """Returns the seconds until the deadline; None for a call without one."""
        seconds: float | None = self._call.time_remaining()
        return seconds

    def cancel(self) -> object:
        """Ends the call."""
        return self._call.cancel()

    def _error(self, error: grpc.aio.AioRpcError) -> RpcError:
        self.initial_metadata = error.initial_metadata()
        self.trailing_metadata = error.trailing_metadata()
        return rpc_error(error)


class GrpcioUnaryCall(GrpcioCall):
    """A call with a single response."""

    def __init__(
        self, call: Any, on_end: Callable[["GrpcioUnaryCall"], None] | None = None
    ) -> None:
        super().__init__(call)
        self.message: bytes | None = None
        self.error: RpcError | None = None
        self._was_cancelled = False
        if on_end is not None:
            # The event loop refers to tasks only weakly.
            self._task = asyncio.get_running_loop().create_task(self._finish(on_end))

    def cancel(self) -> object:
        """Ends the call."""
        self._was_cancelled = True
        return super().cancel()

    async def _finish(self, on_end: Callable[["GrpcioUnaryCall"], None]) -> None:
        try:
            self.message = await self
        except RpcError as error:
            self.error = error
        except asyncio.CancelledError:
            if self._was_cancelled:
                return
            self.error = RpcError(StatusCode.CANCELLED, "channel was closed")
        on_end(self)

    def __await__(self) -> Generator[Any, None, bytes]:
        call = self._call
        try:
            message: bytes = yield from call.__await__()
        except grpc.aio.AioRpcError as error:
            raise self._error(error) from error
        self.initial_metadata = yield from call.initial_metadata().__await__()
        self.trailing_metadata = yield from call.trailing_metadata().__await__()
        return message


class GrpcioStreamingCall(GrpcioCall):
    """A call with streamed responses."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._messages()

    async def _messages(self) -> AsyncIterator[bytes]:
        try:
            async for message in self._call:
                if self.initial_metadata is None:
                    self.initial_metadata = await self._call.initial_metadata()
                yield message
        except grpc.aio.AioRpcError as error:
            raise self._error(error) from error
        self.initial_metadata = await self._call.initial_metadata()
        self.trailing_metadata = await self._call.trailing_metadata()
