"""One connection to a server: HTTP/2 events become the events of calls."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._client.options import ChannelOptions
from asyncio_grpc_http2._http2 import (
    STREAM_ID_MAX,
    ConnectionProtocol,
    ErrorCode,
    Headers,
    Http2ConnectionError,
    Stream,
)
from asyncio_grpc_http2._status import StatusCode


class ConnectionCall(Protocol):
    """A call that a connection starts."""

    block: bytes
    """The header block of the request."""
    request: bytes
    """The request message with its prefix."""
    connection: "ClientConnection | None"
    stream: Stream | None
    """Where the call is in progress."""

    def fail(self, error: RpcError) -> None:
        """The call ends with an error."""


class ClientConnection(ConnectionProtocol):
    """The connection to one server."""

    def __init__(
        self,
        options: ChannelOptions,
        loop: asyncio.AbstractEventLoop,
        connections: "set[ClientConnection]",
    ) -> None:
        """Adds itself to `connections` as long as its transport is open."""
        super().__init__(loop, client=True, limits=options.http2, keepalive=options.keepalive)
        self._connections = connections
        self._probes_without_calls = options.keepalive_without_calls
        self.open_streams = self.connection.streams.open
        """The streams of the calls in progress, by id."""
        self.peer = self.connection.peer
        """The server's SETTINGS, with the number of streams that it accepts at one time."""
        self._failure = RpcError(StatusCode.UNAVAILABLE, "connection lost")
        self.ready: asyncio.Future[None] = loop.create_future()
        """Done when the server's SETTINGS have come; failed with OSError when the connection ends before."""
        self.closed: asyncio.Future[None] = loop.create_future()
        """Done when the transport is closed."""
        self.available = True
        """Whether the server accepts new calls."""
        self.on_unavailable: Callable[[], None] = lambda: None
        """Called once, when `available` becomes False."""

    def start_call(self, call: ConnectionCall) -> None:
        """Sends a call's request. The connection must be available and have room."""
        connection = self.connection
        stream = connection.open_stream()
        stream.call = call
        call.connection, call.stream = self, stream
        if not connection.sender.message(stream, call.block, call.request, end=True):
            connection.reset(stream, ErrorCode.CANCEL)
            text = "too many bytes of requests wait to be sent"
            call.fail(RpcError(StatusCode.RESOURCE_EXHAUSTED, text))
        if stream.id == STREAM_ID_MAX:
            self.drain()

    def cancel_stream(self, stream: Stream) -> None:
        """Tells the server that the response isn't wanted any more."""
        self.connection.reset(stream, ErrorCode.CANCEL)

    def stream_ended(self) -> None:
        """Closes a connection that takes no new calls once the last call has ended."""
        if not self.available and not self.open_streams:
            self.close()

    def drain(self) -> None:
        """Takes no new calls, and closes when the calls in progress have ended."""
        self._become_unavailable()
        self.stream_ended()

    def end_calls(self, error: RpcError) -> None:
        """Ends all calls with an error, tells the server, and closes."""
        self._become_unavailable()
        for stream in list(self.open_streams.values()):
            stream.call.give_up(error)
        self.close()

    def _become_unavailable(self) -> None:
        if self.available:
            self.available = False
            self.on_unavailable()

    # --- events of the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends the preface and SETTINGS."""
        self._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fails the calls that haven't ended."""
        super().connection_lost(exc)
        self._connections.discard(self)
        self.closed.set_result(None)
        failure = self._failure
        if not self.ready.done():
            self.ready.set_exception(OSError(str(exc or failure.message)))
            self.ready.exception()  # marks it as retrieved: after a time-out no task awaits it
        self._become_unavailable()
        streams = list(self.open_streams.values())
        self.open_streams.clear()
        for stream in streams:
            stream.call.fail(RpcError(failure.code, failure.message))

    def probes(self) -> bool:
        """Probes a silent server while it owes a single response, or always if that is allowed."""
        return self._probes_without_calls or any(
            stream.call.unary for stream in self.open_streams.values()
        )

    def peer_is_silent(self) -> None:
        """Ends the connection to a server that didn't respond to a probe."""
        text = "server doesn't respond to PING"
        self._failure = RpcError(StatusCode.UNAVAILABLE, text)
        self.abort()

    # --- events of HTTP/2

    def settings_received(self) -> None:
        """The connection can be used."""
        if not self.ready.done():
            self.ready.set_result(None)

    def stream_headers(self, stream: Stream, headers: Headers, *, ended: bool) -> None:
        """Passes a response's headers or trailers to the call."""
        stream.call.headers_received(headers, ended=ended)

    def stream_headers_too_large(self, stream: Stream) -> None:
        """Fails the call."""
        text = "response metadata exceeds the limit"
        stream.call.give_up(RpcError(StatusCode.RESOURCE_EXHAUSTED, text))

    def stream_data(self, stream: Stream, data: bytes, *, ended: bool) -> None:
        """Passes a piece of the response's messages to the call."""
        stream.call.data_received(data, ended=ended)

    def stream_flushed(self, stream: Stream) -> None:
        """Does nothing: requests are sent whole."""

    def stream_reset(self, stream: Stream, code: ErrorCode | int, *, by_peer: bool) -> None:
        """Tells the call that its stream was reset."""
        stream.call.reset_received(code, by_peer=by_peer)

    def goaway_received(self, last_stream_id: int, code: ErrorCode | int, text: str) -> None:
        """Lets the calls that the server processes end; HTTP/2 resets the others as not processed."""
        self._failure = RpcError(StatusCode.UNAVAILABLE, f"connection ended by the server: {text}")
        self.drain()

    def connection_failed(self, error: Http2ConnectionError) -> None:
        """Closes the connection to a server that doesn't follow HTTP/2."""
        self._failure = RpcError(StatusCode.INTERNAL, f"server broke HTTP/2: {error}")
        self._become_unavailable()
        super().connection_failed(error)
