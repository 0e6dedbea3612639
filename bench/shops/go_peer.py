"""The shop as a Go engineer writes it, from the same contracts: `peers/go`."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from bench.measuring.go import MODULE
from bench.measuring.load import Load
from bench.measuring.processes import await_listener, process
from bench.shops.servers import Servers
from bench.shops.shop import Shop
from embedded_stack.testing import free_ports

NAME = "go"
FAST = "go, 10 ms poll"
INTERVALS = {NAME: "100ms", FAST: "10ms"}
"""Name of the peer → how often it polls its outboxes; 100 ms is usual."""
PREFIXES = {NAME: "peer", FAST: "peer_10ms"}
"""Name of the peer → what its databases, topics and consumer groups begin with."""
CONNECTIONS_MAX = 20


@dataclass(frozen=True)
class Databases:
    """The URLs of a peer's databases."""

    peer: str
    orders: str
    payments: str

    @classmethod
    def create(cls, servers: Servers, peer: str = NAME) -> "Databases":
        """Creates them, empty."""
        sql = MODULE / "sql"
        urls = (
            servers.create_database(
                f"{PREFIXES[peer]}_{service}", sql / f"{service}.sql", sql / "messaging.sql"
            )
            for service in ("orders", "payments")
        )
        return cls(peer, *urls)

    @property
    def topic(self) -> str:
        """The topic of the peer's orders."""
        return f"{PREFIXES[self.peer]}.orders.events.v1"


@contextmanager
def go_service(
    name: str, servers: Servers, binaries: Path, environment: dict[str, str]
) -> Iterator[int]:
    """Runs one process of the peer for the length of the block."""
    log = servers.folder / f"go-{name}.log"
    inherited = {"PATH": os.environ["PATH"]}
    with process(f"go {name}", [binaries / name], inherited | environment, log) as pid:
        await_listener(environment[f"{name.upper()}_{'' if name == 'gateway' else 'GRPC_'}ADDRESS"])
        yield pid


def environment_of(servers: Servers, databases: Databases) -> dict[str, str]:
    """Returns the variables of the peer's processes, with addresses on free ports."""
    gateway, orders, payments = (f"127.0.0.1:{port}" for port in free_ports(3))
    urls = {"ORDERS": databases.orders, "PAYMENTS": databases.payments}
    pools = {
        f"{service}_DATABASE_URL": f"{make_conninfo(url)} pool_max_conns={CONNECTIONS_MAX}"
        for service, url in urls.items()
    }
    return {
        "GATEWAY_ADDRESS": gateway,
        "ORDERS_GRPC_ADDRESS": orders,
        "PAYMENTS_GRPC_ADDRESS": payments,
        "KAFKA_BOOTSTRAP_SERVERS": servers.endpoints.kafka_bootstrap_servers,
        "OUTBOX_POLL_INTERVAL": INTERVALS[databases.peer],
        "PEER_NAME": PREFIXES[databases.peer],
        **pools,
    }


@contextmanager
def go_shop(servers: Servers, binaries: Path, databases: Databases) -> Iterator[Shop]:
    """Runs the peer's gateway and services on the servers for the length of the block."""
    environment = environment_of(servers, databases)
    with ExitStack() as opened:
        pids = {
            service: [opened.enter_context(go_service(service, servers, binaries, environment))]
            for service in ("orders", "payments", "gateway")
        }
        load = Load(binaries / "load", f"http://{environment['GATEWAY_ADDRESS']}")
        yield Shop(databases.peer, load, databases.orders, lambda: pids | servers.pids)
