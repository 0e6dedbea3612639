"""The database that bench/sqlc_queries.py asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from bench.sqlc_contenders import PAGE_SIZE
from embedded_stack.servers import POSTGRES
from embedded_stack.testing import running
from embedded_stack.topology import load_topology
from shop.orders.db import orders

USER = uuid4()


@contextmanager
def database() -> Iterator[str]:
    """A migrated orders database on a server of its own; yields the service role's URL."""
    with running(
        load_topology(Path(__file__).resolve().parents[1] / "topology.toml"), POSTGRES
    ) as stack:
        stack.migrate()
        yield stack.endpoints.database_url("orders")


async def fill(url: str) -> UUID:
    """Adds a user's orders and returns the id of one."""
    ids = [uuid4() for _ in range(PAGE_SIZE)]
    start = datetime.now(UTC)
    async with await psycopg.AsyncConnection.connect(url) as conn:
        db = orders.AsyncQuerier(conn)
        for number, id_ in enumerate(ids):
            created_at = start + timedelta(seconds=number)
            await db.create_order(orders.CreateOrderParams(id_, USER, 1, "A thing", created_at))
    return ids[0]
