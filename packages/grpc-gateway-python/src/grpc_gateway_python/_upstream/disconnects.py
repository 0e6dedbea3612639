"""Cancels a call when the client disconnects, without a task for calls that end quickly."""

import asyncio
from typing import Any, Final, Self

from starlette.types import Receive

QUICK_SECONDS: Final = 0.02
"""The watch starts after this time; a disconnect in this time is noticed at its end."""


class DisconnectWatch:
    """A context manager that watches the client's connection during a call.

    The task that waits for a disconnect costs more than many calls do, so it starts only after QUICK_SECONDS.
    """

    __slots__ = ("_call", "_receive", "_task", "_timer", "gone")

    def __init__(self, call: Any, receive: Receive) -> None:
        self._call = call
        self._receive = receive
        self._task: asyncio.Task[None] | None = None
        self.gone = False
        """Whether the client closed its connection."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(QUICK_SECONDS, self._listen, loop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        self._task = loop.create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        self._call.cancel()
