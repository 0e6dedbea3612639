"""The database that bench/sqlc_queries.py asks."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from bench.sqlc_contenders import PAGE_SIZE
from embedded_stack._plan.migrations import migrate
from embedded_stack._plan.settings import Part, Settings
from embedded_stack.testing import FREE_PORTS, running
from shop.orders.db import orders

USER = uuid4()


@contextmanager
def database() -> Iterator[str]:
    """A migrated orders database on a server of its own; yields the service role's URL."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with running(Settings(folder=folder, ports=FREE_PORTS), Part.POSTGRES) as stack:
            for command in migrate(stack.endpoints):
                subprocess.run(
                    command.arguments,
                    cwd=command.folder,
                    env={**os.environ, **command.environment},
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            yield stack.endpoints.orders_database_url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
