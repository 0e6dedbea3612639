"""Times generated queries against hand-written psycopg and against what upstream would generate.

`python bench/sqlc_queries.py` starts a PostgreSQL of its own and exits with 1 when a generated
query takes more than `HAND_WRITTEN_MAX` times the hand-written one's time, or `SQLALCHEMY_BELOW`
times upstream's or more. In each round every contender makes the same calls on its own connection,
in turn. A contender's time is that of its fastest round, as `timeit` advises: what else the machine
does only ever adds.

`get_order` and `list_orders` run in an open transaction, as both libraries have it by default.
`transaction` is BEGIN, get_order and COMMIT; the first and last are psycopg's for all three.

Client and server share one CPU. One of them always waits for the other, so that takes nothing from
anybody, and the time is the work that both do. On two CPUs each round trip also pays for waking the
other one up. That comes and goes with the load: on an idle virtual machine whose resting CPUs go
back to the host it was up to 90 µs, for each contender alike, where the query itself took 60 and
upstream's 210; on the same machine under load it was nothing.
"""

import dataclasses
import gc
import os
import shutil
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

import psycopg
import sqlalchemy
import uvloop
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import create_async_engine

from bench import sqlc_contenders as contenders
from bench.sqlc_sync import generate_sync
from shop.orders.db import orders
from stack.migrations import migrate
from stack.running import FREE_PORTS, running
from stack.settings import Part, Settings

HAND_WRITTEN_MAX = 1.1
SQLALCHEMY_BELOW = 0.5
ROUNDS = 150
CALLS = {"get_order": 30, "transaction": 30, "list_orders": 10}
"""The contenders' methods, and how often a round calls them."""
USER = uuid4()

Call = Callable[[UUID], Any]
Timer = Callable[[Call, UUID, int], Awaitable[tuple[float, Any]]]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The microseconds that a call takes each contender."""

    call: str
    generated: float
    by_hand: float
    by_alchemy: float

    @property
    def to_hand(self) -> float:
        return self.generated / self.by_hand

    @property
    def to_alchemy(self) -> float:
        return self.generated / self.by_alchemy

    @property
    def holds(self) -> bool:
        return self.to_hand <= HAND_WRITTEN_MAX and self.to_alchemy < SQLALCHEMY_BELOW


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


async def fill(url: str) -> UUID:
    """Adds a user's orders and returns the id of one."""
    ids = [uuid4() for _ in range(contenders.PAGE_SIZE)]
    start = datetime.now(UTC)
    async with await psycopg.AsyncConnection.connect(url) as conn:
        db = orders.AsyncQuerier(conn)
        for number, id_ in enumerate(ids):
            created_at = start + timedelta(seconds=number)
            await db.create_order(orders.CreateOrderParams(id_, USER, 1, "A thing", created_at))
    return ids[0]


async def timed(call: Call, argument: UUID, number: int) -> tuple[float, Any]:
    """Returns the microseconds per call, and the last answer."""
    start = time.perf_counter()
    for _ in range(number):
        answer = call(argument)
    return (time.perf_counter() - start) / number * 1e6, answer


async def timed_async(call: Call, argument: UUID, number: int) -> tuple[float, Any]:
    """The same of calls that are awaited."""
    start = time.perf_counter()
    for _ in range(number):
        answer = await call(argument)
    return (time.perf_counter() - start) / number * 1e6, answer


async def measure(timer: Timer, calls: Sequence[Call], argument: UUID, number: int) -> list[float]:
    """Returns each call's microseconds."""
    # Before the first round every statement is prepared, and all gave the same answer.
    answers = [(await timer(call, argument, number))[1] for call in calls]
    first, *others = [_values(answer) for answer in answers]
    assert first
    assert all(other == first for other in others)
    times: list[list[float]] = [[] for _ in calls]
    gc.freeze()
    for turn in range(ROUNDS):
        # Whoever comes after SQLAlchemy finds cold caches, so each comes first in its turn.
        for position in range(len(calls)):
            which = (turn + position) % len(calls)
            gc.collect()
            times[which].append((await timer(calls[which], argument, number))[0])
    return [min(rounds) for rounds in times]


def _values(answer: Any) -> list[tuple[Any, ...]]:
    rows = answer if isinstance(answer, list) else [answer]
    return [dataclasses.astuple(row) for row in rows]


async def compare(
    querier: str, timer: Timer, peers: Sequence[contenders.Contender], order_id: UUID
) -> list[Comparison]:
    comparisons = []
    for method, number in CALLS.items():
        argument = USER if method == "list_orders" else order_id
        times = await measure(timer, [getattr(peer, method) for peer in peers], argument, number)
        comparisons.append(Comparison(f"{querier} {method}", *times))
    return comparisons


async def compare_sync(url: str, order_id: UUID) -> list[Comparison]:
    querier = generate_sync().Querier
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with psycopg.connect(url) as ours, psycopg.connect(url) as by_hand, engine.connect() as theirs:
        peers = (
            contenders.Generated(ours, querier),
            contenders.HandWritten(by_hand),
            contenders.Alchemy(theirs),
        )
        comparisons = await compare("sync", timed, peers, order_id)
    engine.dispose()
    return comparisons


async def compare_async(url: str, order_id: UUID) -> list[Comparison]:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    async with (
        await psycopg.AsyncConnection.connect(url) as ours,
        await psycopg.AsyncConnection.connect(url) as by_hand,
        engine.connect() as theirs,
    ):
        peers = (
            contenders.AsyncGenerated(ours),
            contenders.AsyncHandWritten(by_hand),
            contenders.AsyncAlchemy(theirs),
        )
        comparisons = await compare("async", timed_async, peers, order_id)
    await engine.dispose()
    return comparisons


def show(comparisons: Sequence[Comparison]) -> None:
    headings = (
        "generated",
        "by hand",
        f"≤ {HAND_WRITTEN_MAX}",
        "SQLAlchemy",
        f"< {SQLALCHEMY_BELOW}",
    )
    table = Table("call", title="µs per call, and generated : theirs")
    for heading in headings:
        table.add_column(heading, justify="right")
    for it in comparisons:
        table.add_row(
            it.call,
            f"{it.generated:.0f}",
            f"{it.by_hand:.0f}",
            f"{it.to_hand:.2f}",
            f"{it.by_alchemy:.0f}",
            f"{it.to_alchemy:.2f}",
        )
    Console().print(table)


async def run(url: str) -> list[Comparison]:
    order_id = await fill(url)
    return [*await compare_async(url, order_id), *await compare_sync(url, order_id)]


def main() -> None:
    # The server inherits this.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with database() as url:
        comparisons = uvloop.run(run(url))
    show(comparisons)
    slow = [it.call for it in comparisons if not it.holds]
    sys.exit(f"slower than allowed: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
