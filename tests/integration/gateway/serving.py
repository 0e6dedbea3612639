"""The gateway's HTTP server in this process, on a thread of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from grpc_gateway_python import Limits
from grpc_gateway_python._http.direct_routes import DirectRoutes
from grpc_gateway_python._http.protocol import http_protocol

SPECIFICATION = Path(__file__).parents[3] / "gen" / "openapi" / "shop.swagger.json"
START_SECONDS_MAX = 20.0


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def serving(
    app: Any, limits: Limits, domain: str = "test", direct: DirectRoutes | None = None
) -> Iterator[tuple[str, int]]:
    """Serves an ASGI app; requests of `direct` don't go through it."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=http_protocol(limits, domain, direct),
        ws="none",
        lifespan="auto",
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=limits.keep_alive_seconds,
        timeout_graceful_shutdown=limits.drain_seconds_max,
    )
    server = Server(config)
    thread = threading.Thread(target=lambda: uvloop.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        assert server.ready.wait(START_SECONDS_MAX), "the server doesn't start"
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join()
