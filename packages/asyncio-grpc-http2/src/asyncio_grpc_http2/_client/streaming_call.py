"""Calls with a stream of response messages."""

import asyncio
from collections import deque
from typing import Self

from asyncio_grpc_http2._client.calls import Call, CallOwner
from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._grpc.messages import PREFIX_BYTES


class StreamingCall(Call):
    """A call whose response messages are iterated over: `async for message in call`.

    The iteration raises RpcError when the call fails, and CancelledError after `cancel`. The server may send as much as
    the window of a stream holds before the caller takes it; then the server waits.
    """

    __slots__ = ("_error", "_loop", "_messages", "_waiter", "_was_cancelled")

    def __init__(
        self,
        owner: CallOwner,
        block: bytes,
        request: bytes,
        deadline: float | None,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(owner, block, request, deadline)
        self._loop = loop
        self._messages: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._error: RpcError | None = None
        self._was_cancelled = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while not self._messages:
            if self._error is not None:
                raise self._error
            if self._was_cancelled:
                raise asyncio.CancelledError
            if self.ended:
                raise StopAsyncIteration
            await self._event()
        message = self._messages.popleft()
        if self.connection is not None and self.stream is not None:
            self.connection.connection.consumed(self.stream, len(message) + PREFIX_BYTES)
        return message

    async def _event(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        except asyncio.CancelledError:
            self.cancel()
            raise
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _messages_received(self, messages: list[bytes]) -> None:
        self._messages.extend(messages)
        self._wake()

    def _succeeded(self) -> None:
        self._wake()

    def _failed(self, error: RpcError) -> None:
        self._error = error
        self._wake()

    def _cancelled(self) -> None:
        self.ended = self._was_cancelled = True
        self._messages.clear()
        self._wake()
