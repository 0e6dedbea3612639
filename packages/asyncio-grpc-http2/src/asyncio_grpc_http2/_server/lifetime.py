"""The lifetime of a client's connection: it is made, grows old, drains and ends."""

import asyncio
import random

from asyncio_grpc_http2._http2 import ConnectionProtocol, Keepalive, Limits
from asyncio_grpc_http2._server.options import AGE_JITTER, CONNECTIONS_MAX, GOAWAY_SECONDS_MAX
from asyncio_grpc_http2._server.shared import Shared

_SHUTDOWN_PAYLOAD = b"shutdown"


class DrainingConnection(ConnectionProtocol):
    """One client, until it is drained; a subclass serves its streams."""

    def __init__(self, loop: asyncio.AbstractEventLoop, shared: Shared) -> None:
        options = shared.options
        super().__init__(
            loop,
            client=False,
            limits=Limits(
                concurrent_streams=options.maximum_concurrent_rpcs,
                header_list_bytes=options.metadata_bytes_max,
                # A gateway that loses its own clients may cancel all its calls at once.
                resets=max(Limits().resets, options.maximum_concurrent_rpcs),
            ),
            keepalive=Keepalive(
                seconds=options.keepalive_seconds,
                timeout_seconds=options.keepalive_timeout_seconds,
            ),
        )
        self.shared = shared
        self.draining = False
        """It closes after the calls in progress."""
        self._drain_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Starts HTTP/2, unless the server is full or stops, or TLS has negotiated another protocol."""
        super().connection_made(transport)
        shared = self.shared
        tls = transport.get_extra_info("ssl_object")
        other_protocol = tls is not None and tls.selected_alpn_protocol() != "h2"
        if shared.stopping or len(shared.connections) >= CONNECTIONS_MAX or other_protocol:
            self.abort()
            return
        shared.connections.add(self)
        age = shared.options.connection_age_seconds
        if age is not None:
            jitter = random.uniform(1 - AGE_JITTER, 1 + AGE_JITTER)  # noqa: S311 - no secret
            self._drain_timer = self.loop.call_later(age * jitter, self.drain)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leaves the server; a subclass ends the calls."""
        super().connection_lost(exc)
        if self._drain_timer:
            self._drain_timer.cancel()
        shared = self.shared
        shared.connections.discard(self)
        if not shared.connections:
            shared.all_closed.set()

    def peer(self) -> str:
        """Returns the client's address."""
        name = self.transport.get_extra_info("peername") if self.transport else None
        if not isinstance(name, tuple):
            return "unix:"
        host, port = name[:2]
        return f"ipv6:[{host}]:{port}" if ":" in host else f"ipv4:{host}:{port}"

    # --- the end of a connection

    def drain(self) -> None:
        """Lets the calls in progress end, and closes.

        The client is first told to open no more streams. Those that were on their way when it read that are still
        served: the last stream is named when the client acknowledges a PING.
        """
        if self.draining or not self.transport:
            return
        self.draining = True
        if self._drain_timer:
            self._drain_timer.cancel()
        self.connection.announce_shutdown()
        self.connection.ping(_SHUTDOWN_PAYLOAD)
        self._drain_timer = self.loop.call_later(GOAWAY_SECONDS_MAX, self.connection.shut_down)

    def ping_acknowledged(self, payload: bytes) -> None:
        """Names the last stream that is served."""
        if payload == _SHUTDOWN_PAYLOAD and self.draining:
            self.connection.shut_down()

    def flush(self) -> None:
        """Writes what waits, and closes a drained connection after its last stream."""
        super().flush()
        connection = self.connection
        if self.draining and not connection.streams.open and not connection.accepts_streams:
            self.close()
