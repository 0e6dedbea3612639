"""What the connections of a server share."""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from asyncio_grpc_http2._deadlines import Deadlines
from asyncio_grpc_http2._http2 import Connection
from asyncio_grpc_http2._server.call import Call
from asyncio_grpc_http2._server.methods import Methods
from asyncio_grpc_http2._server.options import ServerOptions


class ClientConnection(Protocol):
    """One client, as the server ends its connection."""

    connection: Connection

    def drain(self) -> None:
        """Lets the calls in progress end, and closes."""

    def close(self) -> None:
        """Closes after what waits to be written."""

    def abort(self) -> None:
        """Closes at once."""


@dataclass(slots=True)
class Shared:
    """What the connections of a server share."""

    options: ServerOptions
    methods: Methods
    deadlines: Deadlines
    running: set[Call] = field(default_factory=set)
    """Calls whose handlers run, also those that the client has left."""
    connections: set[ClientConnection] = field(default_factory=set)
    stopping: bool = False
    all_closed: asyncio.Event = field(default_factory=asyncio.Event)
