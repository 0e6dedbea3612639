"""Times generated queries against hand-written psycopg and against what upstream would generate.

`python bench/sqlc_queries.py` starts a PostgreSQL of its own and exits with 1 when a generated
query takes more than `HAND_WRITTEN_MAX` times the hand-written one's time, or `SQLALCHEMY_BELOW`
times upstream's or more. In each round every contender makes the same calls on its own connection,
in turn. A contender's time is that of its fastest round, as `timeit` advises: what else the machine
does only ever adds.

`get_order` and `list_orders` run in an open transaction, as both libraries have it by default.
`transaction` is BEGIN, get_order and COMMIT; the first and last are psycopg's for all three.

Client and server share one CPU. One of them always waits for the other, so sharing
costs nothing, and the time is the work that both do. On two CPUs each round trip also pays for waking the
other one up. That comes and goes with the load: on an idle virtual machine whose resting CPUs go
back to the host it was up to 90 µs, for each contender alike, where the query itself took 60 and
upstream's 210; on the same machine under load it was nothing.
"""

import dataclasses
import os
import sys
from collections.abc import Sequence
from uuid import UUID

import psycopg
import sqlalchemy
import uvloop
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import create_async_engine

from bench import sqlc_contenders as contenders
from bench.sqlc_database import USER, database, fill
from bench.sqlc_sync import generate_sync
from bench.sqlc_timing import Timer, measure, timed, timed_async

HAND_WRITTEN_MAX = 1.1
SQLALCHEMY_BELOW = 0.5
CALLS = {"get_order": 30, "transaction": 30, "list_orders": 10}
"""The contenders' methods, and how often a round calls them."""


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
