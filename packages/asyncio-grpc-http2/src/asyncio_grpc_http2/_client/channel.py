"""Channels: calls to the servers of a target, in turn."""

import asyncio
import ssl
from collections import deque
from typing import Final, Self

from asyncio_grpc_http2._client.calls import Call
from asyncio_grpc_http2._client.connection import ClientConnection
from asyncio_grpc_http2._client.connector import ALPN, Connector
from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._client.methods import StreamingMethod, UnaryMethod
from asyncio_grpc_http2._client.options import ChannelOptions
from asyncio_grpc_http2._client.servers import Servers
from asyncio_grpc_http2._client.targets import parse_target
from asyncio_grpc_http2._deadlines import Deadlines
from asyncio_grpc_http2._status import StatusCode

CLOSE_SECONDS_MAX: Final = 1.0
"""How long the transports may take to send what waits, and TLS to end, when a channel is closed."""


class Channel:
    """Calls to the servers of a target.

    It connects at its first call to all servers that the target lists or that its name resolves to, and sends calls
    to those in turn that accept calls. While none does, calls wait as long as a first attempt to connect is under
    way, and fail with UNAVAILABLE after it has failed. A call that a server hasn't processed, which the server says
    by GOAWAY or REFUSED_STREAM, is sent again.
    """

    def __init__(
        self,
        target: str,
        *,
        options: ChannelOptions | None = None,
        tls: ssl.SSLContext | None = None,
        server_name: str | None = None,
    ) -> None:
        """Needs a running event loop.

        Args:
            target: `host:port`, `dns:///host:port`, `dns://server/host:port` (needs dnspython),
                `ipv4:address:port,…`, `ipv6:[address]:port,…` or `unix:path`.
            options: The channel's bounds and times.
            tls: Verifies the servers, and gets HTTP/2 as its only protocol (ALPN); None for connections without TLS.
            server_name: The name that servers' certificates must have, and `:authority`; the target's by default.

        Raises:
            ValueError: The target is invalid.
        """
        self.options = options or ChannelOptions()
        self._target = parse_target(target)
        authority = server_name or self._target.authority
        name = server_name or self._target.tls_name
        if tls is not None:
            tls.set_alpn_protocols([ALPN])
        self._connector = Connector(authority, self.options, tls, name)
        self.loop = asyncio.get_running_loop()
        self._deadlines = Deadlines(self.loop)
        self._servers: Servers | None = None
        self._waiting: deque[Call] = deque()
        self._closed = False

    def unary(self, method: str) -> UnaryMethod:
        """Returns the function that calls a method with one response, such as `/package.Service/Method`."""
        return UnaryMethod(self, self._connector.method_block(method), self.loop)

    def streaming(self, method: str) -> StreamingMethod:
        """Returns the function that calls a method with a stream of responses."""
        return StreamingMethod(self, self._connector.method_block(method), self.loop)

    async def close(self) -> None:
        """Cancels all calls and closes the connections."""
        self._closed = True
        if self._servers is not None:
            self._servers.drain()
        self._deadlines.close()
        cancelled = RpcError(StatusCode.CANCELLED, "channel was closed")
        for call in self._waiting:
            call.fail(cancelled)
        self._waiting.clear()
        connections = list(self._connector.connections)
        for connection in connections:
            connection.end_calls(cancelled)
        if connections:
            closed = [connection.closed for connection in connections]
            await asyncio.wait(closed, timeout=CLOSE_SECONDS_MAX)
        for connection in connections:
            connection.abort()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self, call: Call) -> None:
        """Starts a new call."""
        if call.deadline is not None:
            if call.deadline <= self.loop.time():
                call.expire()
                return
            self._deadlines.add(call, call.deadline)
        servers = self._servers
        if servers is None:
            servers = Servers(self._target, self._connector, self._servers_changed)
            self._servers = servers
        self._send(call, servers)

    # --- CallOwner

    def restart_call(self, call: Call) -> None:
        """Sends a call again once the event that told that it wasn't processed has been handled."""
        self.loop.call_soon(self._restart, call)

    def stream_ended(self, connection: ClientConnection | None) -> None:
        """Sends a call that waits for a free stream."""
        if connection is not None and not connection.available:
            connection.stream_ended()
        if self._waiting:
            self._send_waiting()

    # ---

    def _restart(self, call: Call) -> None:
        if not call.ended and self._servers is not None:
            self._send(call, self._servers)

    def _send(self, call: Call, servers: Servers) -> None:
        connection = servers.pick()
        if connection is not None:
            connection.start_call(call)
        elif self._closed:
            call.fail(RpcError(StatusCode.CANCELLED, "channel was closed"))
        elif servers.failure is not None:
            call.fail(
                RpcError(StatusCode.UNAVAILABLE, f"no server accepts calls: {servers.failure}")
            )
        else:
            self._wait(call)

    def _wait(self, call: Call) -> None:
        if len(self._waiting) >= self.options.waiting_calls_max:
            self._waiting = deque(waiting for waiting in self._waiting if not waiting.ended)
        if len(self._waiting) >= self.options.waiting_calls_max:
            text = "too many calls wait for a connection or a free stream"
            call.fail(RpcError(StatusCode.UNAVAILABLE, text))
        else:
            self._waiting.append(call)

    def _send_waiting(self) -> None:
        while self._waiting and self._servers is not None:
            if self._waiting[0].ended:
                self._waiting.popleft()
                continue
            connection = self._servers.pick()
            if connection is None:
                return
            connection.start_call(self._waiting.popleft())

    def _servers_changed(self) -> None:
        servers = self._servers
        if servers is None or self._closed:
            return
        if servers.ready:
            self._send_waiting()
        elif servers.failure is not None:
            waiting, self._waiting = self._waiting, deque()
            for call in waiting:
                self._send(call, servers)
