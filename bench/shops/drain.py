"""How fast a relay publishes a full outbox, with no other service running."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from bench.measuring.go import MODULE
from bench.shops import go_peer, ours
from bench.shops.servers import SQL, Servers, run_sql
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS

ROWS = 200_000
SECONDS_MAX = 300.0
INTERVAL = 0.25


def drain_ours(servers: Servers, settings: Sequence[str]) -> float:
    """Fills our outbox, starts orders and returns the events per second that its relay publishes."""
    url = make_conninfo(servers.endpoints.superuser_database_url, dbname="orders")
    topic, partitions = ORDER_EVENTS.topic, ORDER_EVENTS.partitions
    run_sql(url, SQL / "fill_our_outbox.sql", rows=ROWS, topic=topic, partitions=partitions)
    return _rate(url, ours.our_processes(servers, "orders", settings))


def drain_go(servers: Servers, databases: go_peer.Databases, binaries: Path) -> float:
    """Does the same with the peer."""
    run_sql(databases.orders, MODULE / "sql" / "fill_outbox.sql", rows=ROWS, topic=databases.topic)
    environment = go_peer.environment_of(servers, databases)
    return _rate(databases.orders, go_peer.go_service("orders", servers, binaries, environment))


def _rate(url: str, service: AbstractContextManager[object]) -> float:
    """Measures from the first row that is gone, so that the start of the process doesn't count."""
    with psycopg.connect(url, autocommit=True) as connection, service:
        deadline = time.monotonic() + SECONDS_MAX
        first: tuple[int, float] | None = None
        while time.monotonic() < deadline:
            left = _count(connection)
            now = time.monotonic()
            if first is None and left < ROWS:
                first = left, now
            if first and not left:
                return first[0] / (now - first[1])
            time.sleep(INTERVAL)
    raise TimeoutError(f"the outbox isn't empty after {SECONDS_MAX:g} s")


def _count(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM outbox").fetchone()
    assert row
    return int(row[0])
