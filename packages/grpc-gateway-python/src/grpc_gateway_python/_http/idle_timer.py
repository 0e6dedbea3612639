"""The keep-alive timer of a connection."""

import asyncio
from collections.abc import Callable


class IdleTimer:
    """Calls `expired` when the connection was idle for `seconds`.

    A timer of the event loop that is started and cancelled for each request costs more than the clock. So the timer
    runs on during requests, and starts again for the rest of the time when the connection wasn't idle all the while.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seconds: float, expired: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._seconds = seconds
        self._expired = expired
        self._end: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begins the idle time."""
        self._end = self._loop.time() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_at(self._end, self._look)

    def cancel(self) -> None:
        """Ends the idle time: a request began."""
        self._end = None

    def close(self) -> None:
        """Stops the timer: the connection is closed."""
        self._end = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._end is None:
            return
        if self._end <= self._loop.time():
            self._expired()
        else:
            self._timer = self._loop.call_at(self._end, self._look)
