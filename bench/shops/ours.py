"""Our shop, started as `./justw up` starts it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from bench.measuring.load import Load
from bench.measuring.results import OURS
from bench.shops.servers import Servers, topology
from bench.shops.shop import Shop
from embedded_stack.testing import External, Running, running

SERVICES = ("orders", "payments")


@contextmanager
def our_processes(
    servers: Servers, part: str, settings: Sequence[str] = (), copies: int = 1
) -> Iterator[Running]:
    """Runs one of our processes, and those that it needs, on the servers for the length of the block.

    Args:
        servers: where the databases and topics are.
        part: `gateway` or a service.
        settings: names of variables of the environment that the processes get, too.
        copies: the number of processes of orders, and of payments.
    """
    with running(
        topology(tuple(settings)),
        part,
        folder=servers.folder / f"ours-{uuid4().hex[:8]}",
        scale=dict.fromkeys(SERVICES, copies) if copies > 1 else None,
        external=External(servers.environment),
    ) as stack:
        yield stack


@contextmanager
def our_shop(
    servers: Servers, load: Path, settings: Sequence[str] = (), copies: int = 1
) -> Iterator[Shop]:
    """Runs our gateway and services on the servers for the length of the block; see `our_processes`."""
    with our_processes(servers, "gateway", settings, copies) as stack:

        def processes() -> dict[str, list[int]]:
            parts = ("gateway", *SERVICES)
            own = {part: [stack.pid(name) for name in stack.copies(part)] for part in parts}
            return own | servers.pids

        endpoints = stack.endpoints
        url = endpoints.database_url("orders")
        yield Shop(OURS, Load(load, endpoints.url("gateway")), url, processes, has_events=True)
