"""The requests of a client's stream."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from asyncio_grpc_http2._grpc.messages import PREFIX_BYTES


class Requests:
    """An asynchronous iterator of messages; what wasn't read holds the client's window."""

    __slots__ = ("_consumed", "_deserialize", "_ended", "_loop", "_messages", "_waiter")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        deserialize: Callable[[bytes], Any],
        consumed: Callable[[int], None],
    ) -> None:
        self._loop = loop
        self._deserialize = deserialize
        self._consumed = consumed
        self._messages: deque[bytes] = deque()
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None

    def __aiter__(self) -> "Requests":
        return self

    async def __anext__(self) -> Any:
        while not self._messages:
            if self._ended:
                raise StopAsyncIteration
            self._waiter = self._loop.create_future()
            await self._waiter
        message = self._messages.popleft()
        self._consumed(len(message) + PREFIX_BYTES)
        return self._deserialize(message)

    def add(self, messages: list[bytes], *, ended: bool) -> None:
        """Adds what came."""
        self._messages += messages
        self._ended = self._ended or ended
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
