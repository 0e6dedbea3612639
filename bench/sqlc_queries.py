"""Times generated queries against hand-written psycopg and against SQLAlchemy Core text.

`python bench/sqlc_queries.py` starts a PostgreSQL of its own. In each round every contender runs
the same query the same number of times on its own connection, in turn, so that what else the
machine does hits all of them. The table has medians over the rounds; it exits with 1 when a
generated query takes more than `HAND_WRITTEN_MAX` times the hand-written one's time, or more than
`SQLALCHEMY_MAX` times SQLAlchemy's.
"""

import gc
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy
import uvloop
from psycopg import AsyncConnection
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection as AlchemyConnection
from sqlalchemy.ext.asyncio import create_async_engine

from shop.orders.db import models, orders
from stack.migrations import migrate
from stack.running import FREE_PORTS, running
from stack.settings import Part, Settings

HAND_WRITTEN_MAX = 1.1
SQLALCHEMY_MAX = 0.5
ROUNDS = 60
CALLS = {"get_order": 60, "list_orders": 20}
ROWS = 50
USER = uuid4()
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
LAST_ID = UUID(int=2**128 - 1)

Call = Callable[[UUID], Awaitable[object]]


class HandWritten:
    """What one writes with psycopg: positional parameters, tuple rows, a dataclass."""

    GET_ORDER = re.sub(r"\$\d+", "%s", orders.GET_ORDER)
    LIST_ORDERS = re.sub(r"\$\d+", "%s", orders.LIST_ORDERS)

    def __init__(self, conn: AsyncConnection) -> None:
        self._conn = conn

    async def get_order(self, id_: UUID) -> models.Order | None:
        cur = await self._conn.execute(self.GET_ORDER, (id_,))
        row = await cur.fetchone()
        return models.Order(*row) if row else None

    async def list_orders(self, user_id: UUID) -> list[models.Order]:
        cur = await self._conn.execute(self.LIST_ORDERS, (user_id, END_OF_TIME, LAST_ID, ROWS))
        return [models.Order(*row) for row in await cur.fetchall()]


class Alchemy:
    """What upstream's plugin generates: Core text with named parameters, a class by keywords."""

    GET_ORDER = re.sub(r"\$(\d+)", r":p\1", orders.GET_ORDER.replace(":", r"\:"))
    LIST_ORDERS = re.sub(r"\$(\d+)", r":p\1", orders.LIST_ORDERS.replace(":", r"\:"))

    def __init__(self, conn: AlchemyConnection) -> None:
        self._conn = conn

    async def get_order(self, id_: UUID) -> models.Order | None:
        row = (await self._conn.execute(sqlalchemy.text(self.GET_ORDER), {"p1": id_})).first()
        return self._order(row) if row else None

    async def list_orders(self, user_id: UUID) -> list[models.Order]:
        params = {"p1": user_id, "p2": END_OF_TIME, "p3": LAST_ID, "p4": ROWS}
        result = await self._conn.stream(sqlalchemy.text(self.LIST_ORDERS), params)
        return [self._order(row) async for row in result]

    @staticmethod
    def _order(row: Sequence[Any]) -> models.Order:
        return models.Order(
            id=row[0],
            user_id=row[1],
            amount=row[2],
            description=row[3],
            status=row[4],
            cancel_reason=row[5],
            created_at=row[6],
            updated_at=row[7],
        )


class Generated:
    """The generated querier, made for each call as the services do."""

    def __init__(self, conn: AsyncConnection) -> None:
        self._conn = conn

    async def get_order(self, id_: UUID) -> models.Order | None:
        return await orders.AsyncQuerier(self._conn).get_order(id=id_)

    async def list_orders(self, user_id: UUID) -> list[models.Order]:
        return await orders.AsyncQuerier(self._conn).list_orders(
            user_id=user_id, before_created_at=END_OF_TIME, before_id=LAST_ID, page_size=ROWS
        )


@contextmanager
def database() -> Iterator[str]:
    """A migrated orders database on a server of its own; yields the service role's URL."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with running(Settings(folder=folder, ports=FREE_PORTS), Part.POSTGRES) as stack:
            for command in migrate(stack.endpoints):
                subprocess.run(
                    command.arguments,
                    env={**os.environ, **command.environment},
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            yield stack.endpoints.orders_database_url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def fill(conn: AsyncConnection) -> UUID:
    """Adds a user's orders and returns the id of one."""
    db = orders.AsyncQuerier(conn)
    ids = [uuid4() for _ in range(ROWS)]
    start = datetime.now(UTC)
    for number, id_ in enumerate(ids):
        created_at = start + timedelta(seconds=number)
        await db.create_order(orders.CreateOrderParams(id_, USER, 1, "A thing", created_at))
    return ids[0]


async def measure(calls: dict[str, Call], argument: UUID, number: int) -> dict[str, list[float]]:
    """Returns each contender's microseconds per call, round by round."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    answers = [await call(argument) for call in calls.values()]
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)
    for turn in range(ROUNDS):
        # Whoever comes after SQLAlchemy finds cold caches, so each comes first in its turn.
        names = [*calls][turn % len(calls) :] + [*calls][: turn % len(calls)]
        for name in names:
            call = calls[name]
            gc.collect()
            start = time.perf_counter()
            for _ in range(number):
                await call(argument)
            times[name].append((time.perf_counter() - start) / number * 1e6)
    return times


async def compare(url: str) -> bool:
    """Prints the table; returns whether the generated queries are within the bounds."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    table = Table("query", "contender", "µs per call", "generated : it", "at most")
    holds = True
    async with (
        await AsyncConnection.connect(url, autocommit=True) as by_hand,
        await AsyncConnection.connect(url, autocommit=True) as generated,
        engine.connect() as by_alchemy,
    ):
        order_id = await fill(generated)
        arguments = {"get_order": order_id, "list_orders": USER}
        contenders = {
            "generated": Generated(generated),
            "hand-written psycopg": HandWritten(by_hand),
            "SQLAlchemy Core text": Alchemy(by_alchemy),
        }
        bounds = dict(zip(contenders, (None, HAND_WRITTEN_MAX, SQLALCHEMY_MAX), strict=True))
        for query, argument in arguments.items():
            calls = {name: getattr(contender, query) for name, contender in contenders.items()}
            times = await measure(calls, argument, CALLS[query])
            for name, bound in bounds.items():
                pairs = zip(times["generated"], times[name], strict=True)
                ratio = statistics.median(ours / theirs for ours, theirs in pairs)
                holds = holds and (bound is None or ratio <= bound)
                shown = ("", "") if bound is None else (f"{ratio:.2f}", f"{bound}")
                table.add_row(query, name, f"{statistics.median(times[name]):.0f}", *shown)
    await engine.dispose()
    Console().print(table)
    return holds


def main() -> None:
    with database() as url:
        holds = uvloop.run(compare(url))
    sys.exit(0 if holds else "the generated queries are slower than they may be")


if __name__ == "__main__":
    main()
