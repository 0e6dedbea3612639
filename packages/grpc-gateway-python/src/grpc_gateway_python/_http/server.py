"""Runs the app under uvicorn until SIGTERM or SIGINT, then waits for the requests in progress."""

import gc
import resource
import signal
import socket
import sys
from ipaddress import ip_address
from typing import Any, Final, NoReturn

import structlog
import uvicorn
import uvloop

from grpc_gateway_python._errors import StartError
from grpc_gateway_python._http.direct_routes import DirectRoutes
from grpc_gateway_python._http.protocol import http_protocol
from grpc_gateway_python._limits import Limits

BACKLOG: Final = 1024
PORT_MAX: Final = 65_535
NO_ADDRESS: Final = "it is not host:port"
GC_THRESHOLDS: Final = (20_000, 20, 50)
"""Collects rarely: requests leave no reference cycles, and a full collection pauses every request."""

log = structlog.get_logger()


class AddressInUseError(StartError):
    """The server can't listen on the address; the text names it."""


def serve_app(app: Any, address: str, limits: Limits, domain: str, direct: DirectRoutes) -> None:
    """Serves an ASGI app until SIGTERM or SIGINT.

    Raises:
        AddressInUseError: The server can't listen on the address.
    """
    # uvicorn handles these signals while it serves, and raises them again after the drain. They are handled before the
    # socket listens: a supervisor may stop the gateway as soon as its port accepts connections.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    listener = _listen(address)
    _allow_connections()
    config = uvicorn.Config(
        app,
        http=http_protocol(limits, domain, direct),
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=limits.keep_alive_seconds,
        timeout_graceful_shutdown=limits.drain_seconds_max,
    )
    uvloop.run(_Server(config).serve(sockets=[listener]))


def _allow_connections() -> None:
    """Raises the soft limit of open files (often 1024) to the hard limit, as Go's runtime does."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _end(*_: object) -> NoReturn:
    sys.exit(0)


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen. All modules are loaded now, so their objects are excluded from garbage collection."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        await super().startup(sockets)
        for listener in sockets or ():
            log.info("gateway serves", url=_url(*listener.getsockname()[:2]))


def _url(host: str, port: int) -> str:
    """Returns a URL that can be opened on this host; the loopback address replaces a wildcard address."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only replaced
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    ipv6 = ":" in host
    # Checked here, because `create_server` leaves its socket open when `bind` raises OverflowError.
    if not (port.isascii() and port.isdecimal() and int(port[:6]) <= PORT_MAX):
        raise AddressInUseError(f"cannot listen on {address}: {NO_ADDRESS}")
    try:
        return socket.create_server(
            (host, int(port)),
            family=socket.AF_INET6 if ipv6 else socket.AF_INET,
            backlog=BACKLOG,
            # Without it Python limits [::] to IPv6, even where the system's default is both versions.
            dualstack_ipv6=ipv6 and ip_address(host).is_unspecified and socket.has_dualstack_ipv6(),
        )
    except ValueError:
        reason = NO_ADDRESS
    except OSError as error:
        # `create_server` adds the address to the text; the number of an unknown host is the resolver's.
        reason = (error.strerror or str(error)).partition(" (while ")[0]
    raise AddressInUseError(f"cannot listen on {address}: {reason}")
