"""Calls with one response message."""

import asyncio
from collections.abc import Generator
from typing import Any

from asyncio_grpc_http2._client.calls import Call, CallOwner
from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._status import StatusCode


class UnaryCall(Call):
    """A call with one response message, which `await` returns.

    `await` raises RpcError when the call fails. Cancelling the task that awaits the call cancels the call.
    """

    __slots__ = ("_future", "_message")
    unary = True

    def __init__(
        self,
        owner: CallOwner,
        block: bytes,
        request: bytes,
        deadline: float | None,
        future: asyncio.Future[bytes],
    ) -> None:
        super().__init__(owner, block, request, deadline)
        self._future = future
        self._message: bytes | None = None

    def __await__(self) -> Generator[Any, None, bytes]:
        try:
            return (yield from self._future)
        except asyncio.CancelledError:
            self.cancel()
            raise

    def _messages_received(self, messages: list[bytes]) -> None:
        if self._message is not None or len(messages) > 1:
            self.give_up(RpcError(StatusCode.INTERNAL, "server sent more than one message"))
        else:
            self._message = messages[0]

    def _succeeded(self) -> None:
        if self._message is None:
            self._failed(RpcError(StatusCode.INTERNAL, "server sent no message"))
        elif not self._future.done():
            self._future.set_result(self._message)

    def _failed(self, error: RpcError) -> None:
        if not self._future.done():
            self._future.set_exception(error)
            # Reading it marks the exception as retrieved: a caller may drop a call that failed.
            self._future.exception()

    def _cancelled(self) -> None:
        self.ended = True
        self._future.cancel()
