"""The asyncio protocol of a connection: one write in two turns of the loop, keepalive, and peers that don't read."""

import asyncio
from dataclasses import dataclass
from typing import cast

from asyncio_grpc_http2._http2.connection import Connection
from asyncio_grpc_http2._http2.errors import ErrorCode, Http2ConnectionError
from asyncio_grpc_http2._http2.events import Events
from asyncio_grpc_http2._http2.limits import Limits

WRITE_STALL_SECONDS_MAX = 20.0
"""How long a peer may read nothing while the transport's buffer is full, before the connection is aborted."""
LINGER_SECONDS = 1.0
"""How long a connection that failed stays half open, so that its peer can read GOAWAY."""
_KEEPALIVE_PAYLOAD = b"keepaliv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keepalive:
    """When a silent peer is probed with PING, and when it is taken for dead."""

    seconds: float
    """Probe after nothing was received for this time."""
    timeout_seconds: float
    """Abort the connection when nothing is received for this time after the probe."""


class ConnectionProtocol(asyncio.Protocol, Events):
    """Joins a `Connection` to a transport. Subclasses implement the events of streams."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        client: bool,
        limits: Limits,
        keepalive: Keepalive | None,
    ) -> None:
        self.loop = loop
        self.connection = Connection(self, client=client, limits=limits, clock=loop.time)
        self.transport: asyncio.Transport | None = None
        """The transport while the connection is open."""
        self._keepalive = keepalive
        self._sent_last = False
        """GOAWAY is written, after which nothing may be."""
        self._received = False
        self._probed = False
        self._keepalive_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._close_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends the preface and SETTINGS."""
        # uvloop's transports aren't subclasses of asyncio's.
        self.transport = cast("asyncio.Transport", transport)
        self.connection.start()
        if self._keepalive:
            self._await_silence(self._keepalive.seconds)

    def data_received(self, data: bytes) -> None:
        """Passes bytes to the connection."""
        self._received = True
        self.connection.receive(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the timers; a subclass ends its streams."""
        self.transport = None
        for timer in (self._keepalive_timer, self._stall_timer, self._close_timer):
            if timer:
                timer.cancel()

    def pause_writing(self) -> None:
        """Stops DATA, and gives the peer a limited time to read."""
        self.connection.sender.set_transport_paused(True)
        self._stall_timer = self.loop.call_later(WRITE_STALL_SECONDS_MAX, self.abort)

    def resume_writing(self) -> None:
        """Lets DATA through again."""
        if self._stall_timer:
            self._stall_timer.cancel()
        self.connection.sender.set_transport_paused(False)

    def output_ready(self) -> None:
        """Writes what waits in the next turn of the loop.

        What the loop reads in between adds its frames: under load more calls share a write, and an idle loop takes
        the next turn at once.
        """
        self.loop.call_soon(self.loop.call_soon, self.flush)

    def flush(self) -> None:
        """Writes what waits."""
        output = self.connection.sender.take_output()
        if self.transport and output and not self._sent_last:
            self.transport.write(output)

    def connection_failed(self, error: Http2ConnectionError) -> None:
        """Sends GOAWAY, and closes when the peer has closed its side, or soon after."""
        if self._is_closing(LINGER_SECONDS):
            return
        self.flush()
        self._sent_last = True
        if self.transport and self.transport.can_write_eof():
            self.transport.write_eof()
        elif self.transport:
            self.transport.close()

    def close(self) -> None:
        """Closes the transport after it has sent what waits; aborts one whose peer doesn't read that."""
        if self._is_closing(WRITE_STALL_SECONDS_MAX):
            return
        self.flush()
        if self.transport:
            self.transport.close()

    def _is_closing(self, seconds: float) -> bool:
        """Returns whether the transport is closed or about to be; if not, it will be aborted in time."""
        if not self.transport or self._close_timer:
            return True
        self._close_timer = self.loop.call_later(seconds, self.abort)
        return False

    def abort(self) -> None:
        """Closes the transport at once."""
        if self.transport:
            self.transport.abort()

    def _await_silence(self, seconds: float) -> None:
        self._received = False
        self._keepalive_timer = self.loop.call_later(seconds, self._check_silence)

    def _check_silence(self) -> None:
        keepalive = self._keepalive
        if keepalive is None:
            return
        if self._probed and not self._received:
            self.peer_is_silent()
            return
        self._probed = not self._received and self.probes()
        if self._probed:
            self.connection.ping(_KEEPALIVE_PAYLOAD)
        self._await_silence(keepalive.timeout_seconds if self._probed else keepalive.seconds)

    def probes(self) -> bool:
        """Returns whether a silent peer is probed at this time."""
        return True

    def peer_is_silent(self) -> None:
        """The peer didn't respond to a probe."""
        self.abort()

    # Events that most owners don't use.

    def settings_received(self) -> None:
        """Does nothing."""

    def ping_acknowledged(self, payload: bytes) -> None:
        """Does nothing."""

    def goaway_received(self, last_stream_id: int, code: ErrorCode | int, text: str) -> None:
        """Does nothing."""
