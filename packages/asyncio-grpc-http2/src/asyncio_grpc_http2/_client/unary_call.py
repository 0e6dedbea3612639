"""Calls with one response message."""

import asyncio
from collections.abc import Callable, Generator
from typing import Any

from asyncio_grpc_http2._client.calls import Call, CallOwner
from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._grpc.messages import PREFIX_BYTES, is_one_message
from asyncio_grpc_http2._status import StatusCode


class UnaryCall(Call):
    """A call with one response message, which `await` returns.

    `await` raises RpcError when the call fails. Cancelling the task that awaits the call cancels the call.
    """

    __slots__ = ("_future", "_on_end", "error", "message")
    unary = True

    def __init__(
        self,
        owner: CallOwner,
        block: bytes,
        request: bytes,
        deadline: float | None,
        on_end: Callable[["UnaryCall"], None] | None = None,
    ) -> None:
        super().__init__(owner, block, request, deadline)
        self._future: asyncio.Future[None] | None = None
        self._on_end = on_end
        self.message: bytes | None = None
        """The response message; None until the call has succeeded."""
        self.error: RpcError | None = None
        """The error of a call that has failed."""

    def __await__(self) -> Generator[Any, None, bytes]:
        if not self.ended:
            # A caller that passes `on_end` needs no future.
            if self._future is None:
                self._future = self._owner.loop.create_future()
            try:
                yield from self._future
            except asyncio.CancelledError:
                self.cancel()
                raise
        if self.error is not None:
            try:
                raise self.error
            finally:
                del self  # the traceback refers to this frame: without this, call and error were a reference cycle
        if self.message is None:
            raise asyncio.CancelledError
        return self.message

    def data_received(self, data: bytes, *, ended: bool) -> None:
        """Takes the message of an ordinary response, which is the only one and comes whole."""
        bytes_max = self._owner.options.message_bytes_max
        if (
            self.message is None
            and self._reader is None
            and not ended
            and is_one_message(data, bytes_max)
        ):
            self.message = data[PREFIX_BYTES:]
        else:
            super().data_received(data, ended=ended)

    def _messages_received(self, messages: list[bytes]) -> None:
        if self.message is not None or len(messages) > 1:
            self.message = None
            self.give_up(RpcError(StatusCode.INTERNAL, "server sent more than one message"))
        else:
            self.message = messages[0]

    def _succeeded(self) -> None:
        if self.message is None:
            self.error = RpcError(StatusCode.INTERNAL, "server sent no message")
        self._end()

    def _failed(self, error: RpcError) -> None:
        self.message = None
        self.error = error
        self._end()

    def _cancelled(self) -> None:
        self.ended = True
        self.message = self._on_end = None
        if self._future is not None:
            self._future.cancel()

    def _end(self) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(None)
        # The owner of `on_end` refers to the call.
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(self)
