"""What the connections of a server share."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncio_grpc_http2._deadlines import Deadlines
from asyncio_grpc_http2._server.context import ServicerContext
from asyncio_grpc_http2._server.methods import Methods
from asyncio_grpc_http2._server.options import ServerOptions

if TYPE_CHECKING:
    from asyncio_grpc_http2._server.lifetime import DrainingConnection


@dataclass(slots=True)
class Shared:
    """What the connections of a server share."""

    options: ServerOptions
    methods: Methods
    deadlines: Deadlines
    running: set[ServicerContext] = field(default_factory=set)
    """Calls whose handlers run, also those that the client has left."""
    connections: "set[DrainingConnection]" = field(default_factory=set)
    stopping: bool = False
    all_closed: asyncio.Event = field(default_factory=asyncio.Event)
