"""Many streams of server-sent events, without the cost of an HTTP client for each."""

import asyncio
import re
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

CONNECTING = 100
"""Connections that are made at once."""
UPDATED = re.compile(rb'"updated_at":"([^"]+)"')


class _Stream(asyncio.Protocol):
    """The stream of one order: remembers when it was told which status."""

    def __init__(self, request: bytes) -> None:
        self.seen: dict[str, tuple[float, bytes]] = {}
        """Status → when its event arrived, and the event."""
        self.lost = False
        self._request = request
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the stream."""
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # a TCP connection has one
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Looks for events."""
        self._received += data
        *events, self._received = self._received.split(b"\n\n")
        now = time.time()
        for event in events:
            if found := re.search(rb"^id: (\w+)$", event, re.MULTILINE):
                self.seen[found[1].decode()] = (now, event)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - any end is one
        """Remembers that no more events come."""
        self.lost = True


class Watchers:
    """A context manager that watches orders, each over a connection of its own."""

    def __init__(self, url: str, orders: Sequence[str]) -> None:
        parts = urlsplit(url)
        self._address = (str(parts.hostname), int(parts.port or 80))
        self._orders = orders
        self._streams: list[_Stream] = []

    async def __aenter__(self) -> Self:
        for start in range(0, len(self._orders), CONNECTING):
            some = self._orders[start : start + CONNECTING]
            self._streams += await asyncio.gather(*map(self._open, some))
        return self

    async def __aexit__(self, *_: object) -> None:
        for stream in self._streams:
            stream.transport.abort()

    async def told(self, status: str, seconds_max: float) -> None:
        """Waits until all watchers were told a status.

        Raises:
            TimeoutError: A watcher wasn't.
            RuntimeError: The stream of a watcher ended before.
        """
        deadline = time.monotonic() + seconds_max
        while missing := [stream for stream in self._streams if status not in stream.seen]:
            if lost := sum(stream.lost for stream in missing):
                raise RuntimeError(f"the streams of {lost} watchers ended before {status}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(missing)} watchers weren't told {status}")
            await asyncio.sleep(0.05)

    def delays(self) -> list[float]:
        """Returns the milliseconds from the end of each order to its watcher."""
        return [_delay(*stream.seen["FINISHED"]) for stream in self._streams]

    async def _open(self, order: str) -> _Stream:
        request = (
            f"GET /orders/{order}/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
        )
        loop = asyncio.get_running_loop()
        _, stream = await loop.create_connection(lambda: _Stream(request.encode()), *self._address)
        return stream


def _delay(received: float, event: bytes) -> float:
    found = UPDATED.search(event)
    assert found is not None
    ended = datetime.fromisoformat(found[1].decode()).timestamp()
    return (received - ended) * 1000
