"""Closes the connections of clients that don't read their responses."""

import asyncio


class SlowReaderWatch:
    """Aborts a connection whose write buffer doesn't shrink for `seconds_max`."""

    def __init__(self, transport: asyncio.Transport, seconds_max: float) -> None:
        self._transport = transport
        self._seconds_max = seconds_max
        self._timer: asyncio.TimerHandle | None = None
        self._waiting_bytes = 0

    def start(self) -> None:
        """Starts the timer unless it runs."""
        if self._timer is None:
            self._waiting_bytes = self._transport.get_write_buffer_size()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._seconds_max, self._look)

    def stop(self) -> None:
        """Stops the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Closes the connection when the client has read everything, and aborts it when the client stops reading."""
        self.start()
        self._transport.close()

    def _look(self) -> None:
        self._timer = None
        if self._transport.get_write_buffer_size() >= self._waiting_bytes:
            self._transport.abort()
        else:
            self.start()
