"""Closes a connection in the middle of a request without losing the response (RFC 9112, section 9.6).

When a socket is closed with unread bytes, the kernel resets the connection. The client would then lose
the error response that it hasn't read yet.
"""

import asyncio
from collections.abc import Callable
from typing import Any


class LingeringTransport:
    """A transport whose `close` waits for the client to close first when its request wasn't read completely."""

    def __init__(
        self,
        transport: asyncio.Transport,
        protocol: asyncio.Protocol,
        close: Callable[[], None],
        amid_request: Callable[[], bool],
        seconds_max: float,
    ) -> None:
        self._transport = transport
        self._protocol = protocol
        self._close = close
        self._amid_request = amid_request
        self._seconds_max = seconds_max
        self._lingers = False
        self.write = transport.write

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Tells whether no further response will be written."""
        return self._lingers or self._transport.is_closing()

    def close(self) -> None:
        """Closes the writing side. After an incomplete request, the reading side stays open until the client closes."""
        if self.is_closing():
            return
        if not self._amid_request():
            self._close()
            return
        self._lingers = True
        self._transport.write_eof()
        timer = asyncio.get_running_loop().call_later(self._seconds_max, self._close)
        self._transport.set_protocol(_Lingering(self._protocol, timer))
        self._transport.resume_reading()


class _Lingering(asyncio.Protocol):
    """Discards received bytes until the client closes the connection or the timer closes it."""

    def __init__(self, protocol: asyncio.Protocol, timer: asyncio.TimerHandle) -> None:
        self._protocol = protocol
        self._timer = timer

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self._protocol.connection_lost(exc)
