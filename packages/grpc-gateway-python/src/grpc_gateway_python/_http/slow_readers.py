"""Hangs up on clients that don't read what is written for them."""

import asyncio


class SlowReaderWatch:
    """Watches a connection while what is written waits for the client."""

    def __init__(self, transport: asyncio.Transport, seconds_max: float) -> None:
        self._transport = transport
        self._seconds_max = seconds_max
        self._timer: asyncio.TimerHandle | None = None
        self._waiting_bytes = 0

    def start(self) -> None:
        """Starts to watch, unless it does already."""
        if self._timer is None:
            self._waiting_bytes = self._transport.get_write_buffer_size()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._seconds_max, self._look)

    def stop(self) -> None:
        """Ends the watch."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Closes the connection once the client has read everything, or reads no more."""
        self.start()
        self._transport.close()

    def _look(self) -> None:
        self._timer = None
        if self._transport.get_write_buffer_size() >= self._waiting_bytes:
            self._transport.abort()
        else:
            self.start()
