"""The server."""

import asyncio
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from ssl import SSLContext

from asyncio_grpc_http2._deadlines import Deadlines
from asyncio_grpc_http2._server.addresses import bound_sockets, remove_file
from asyncio_grpc_http2._server.connection import ServerConnection
from asyncio_grpc_http2._server.methods import GenericHandler, MethodHandler, Methods
from asyncio_grpc_http2._server.options import ServerOptions
from asyncio_grpc_http2._server.shared import Shared
from asyncio_grpc_http2._status import StatusCode

_CANCEL_SECONDS_MAX = 1.0
"""How long handlers that were cancelled, and connections that were closed, may take to end."""


class Server:
    """A gRPC server with the face of `grpc.aio.Server`: it takes what grpcio's generated code registers.

    Args:
        options: The bounds of the server.
    """

    def __init__(self, options: ServerOptions | None = None) -> None:
        self._options = options or ServerOptions()
        self._methods = Methods()
        self._listeners: list[tuple[socket.socket, SSLContext | None]] = []
        self._accepting: list[asyncio.Server] = []
        self._shared: Shared | None = None
        self._stopped = asyncio.Event()

    def add_registered_method_handlers(
        self, service: str, method_handlers: Mapping[str, MethodHandler]
    ) -> None:
        """Adds the methods of a service, by their names."""
        self._methods.register(service, method_handlers)

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[GenericHandler]) -> None:
        """Adds handlers that are asked for paths that aren't registered."""
        for handler in generic_rpc_handlers:
            self._methods.add_generic(handler)

    def add_insecure_port(self, address: str) -> int:
        """Binds `host:port`, `[host]:port` or `unix:path`, without TLS.

        Returns:
            The port; 0 for a Unix socket.

        Raises:
            OSError: the address can't be bound.
            ValueError: the address has another form.
        """
        return self._bind(address, None)

    def add_secure_port(self, address: str, ssl_context: SSLContext) -> int:
        """Binds an address with TLS; the context decides whether clients need a certificate.

        Returns:
            The port; 0 for a Unix socket.

        Raises:
            OSError: the address can't be bound.
            ValueError: the address has another form.
        """
        ssl_context.set_alpn_protocols(["h2"])
        return self._bind(address, ssl_context)

    def _bind(self, address: str, ssl_context: SSLContext | None) -> int:
        listeners = bound_sockets(address)
        self._listeners += [(listener, ssl_context) for listener in listeners]
        name = listeners[0].getsockname()
        return int(name[1]) if isinstance(name, tuple) else 0

    async def start(self) -> None:
        """Accepts connections from now on."""
        loop = asyncio.get_running_loop()
        shared = self._shared = Shared(self._options, self._methods, Deadlines(loop))

        def connection() -> ServerConnection:
            return ServerConnection(loop, shared)

        for listener, context in self._listeners:
            create = (
                loop.create_unix_server if listener.family == socket.AF_UNIX else loop.create_server
            )
            self._accepting.append(await create(connection, sock=listener, ssl=context))

    async def stop(self, grace: float | None) -> None:
        """Accepts no more connections and calls, and waits for the calls in progress.

        Args:
            grace: Seconds to wait; then, or at once if it is None, the calls end with UNAVAILABLE.
        """
        for listener, _ in self._listeners:
            remove_file(listener)
        for accepting in self._accepting:
            accepting.close()
        for listener, _ in self._listeners:
            listener.close()
        self._listeners.clear()
        shared = self._shared
        if shared is not None:
            shared.stopping = True
            await _drain(shared, grace)
            await _cancel(shared)
            shared.deadlines.close()
        self._stopped.set()

    async def wait_for_termination(self) -> None:
        """Waits for the end of `stop`."""
        await self._stopped.wait()


async def _drain(shared: Shared, grace: float | None) -> None:
    for connection in list(shared.connections):
        connection.drain()
    if shared.connections and grace:
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await shared.all_closed.wait()


async def _cancel(shared: Shared) -> None:
    tasks = []
    for context in list(shared.running):
        context.end(StatusCode.UNAVAILABLE, "the server stops")
        if context.task:
            tasks.append(context.task)
        context.client_left()
    if tasks:
        await asyncio.wait(tasks, timeout=_CANCEL_SECONDS_MAX)
    for connection in list(shared.connections):
        connection.connection.shut_down()
        connection.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(_CANCEL_SECONDS_MAX):
            while shared.connections:
                shared.all_closed.clear()
                await shared.all_closed.wait()
    for connection in list(shared.connections):
        connection.abort()
