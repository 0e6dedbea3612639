"""Opens connections to the servers of a target."""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import Final

from asyncio_grpc_http2._client.connection import ClientConnection
from asyncio_grpc_http2._client.options import ChannelOptions
from asyncio_grpc_http2._client.request_headers import method_block
from asyncio_grpc_http2._client.targets import Address

ALPN: Final = "h2"


@dataclass(frozen=True, slots=True)
class Connector:
    """What all connections of a channel share."""

    authority: str
    options: ChannelOptions
    tls: ssl.SSLContext | None
    server_name: str
    """The name that the server's certificate must have."""
    connections: set[ClientConnection] = field(default_factory=set)
    """The connections that are open, also those that accept no new calls."""

    def method_block(self, method: str) -> bytes:
        """Returns the header fields that all calls of a method share."""
        return method_block(method, self.authority, secure=self.tls is not None)

    async def connect(self, address: Address) -> ClientConnection:
        """Connects to a server and awaits its SETTINGS.

        Raises:
            OSError: The server can't be reached, its certificate isn't accepted, or it doesn't speak HTTP/2.
        """
        loop = asyncio.get_running_loop()
        connection = ClientConnection(self.options, loop, self.connections)
        try:
            async with asyncio.timeout(self.options.connect_seconds_max):
                transport = await self._open(address, connection, loop)
                self._require_http2(transport)
                await connection.ready
        except TimeoutError:
            connection.close()
            raise OSError(f"no connection within {self.options.connect_seconds_max:g} s") from None
        except BaseException:
            connection.close()
            raise
        return connection

    async def _open(
        self, address: Address, connection: ClientConnection, loop: asyncio.AbstractEventLoop
    ) -> asyncio.BaseTransport:
        def protocol() -> ClientConnection:
            return connection

        name = self.server_name if self.tls is not None else None
        if address.port is None:
            transport, _ = await loop.create_unix_connection(
                protocol, address.host, ssl=self.tls, server_hostname=name
            )
        else:
            transport, _ = await loop.create_connection(
                protocol, address.host, address.port, ssl=self.tls, server_hostname=name
            )
        return transport

    def _require_http2(self, transport: asyncio.BaseTransport) -> None:
        if self.tls is None:
            return
        protocol = transport.get_extra_info("ssl_object").selected_alpn_protocol()
        if protocol != ALPN:
            raise OSError(
                f"server didn't choose {ALPN} in the TLS handshake (ALPN), but {protocol}"
            )
