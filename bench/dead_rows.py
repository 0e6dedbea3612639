"""Whether the messaging queries cost more the more rows were deleted before, while a snapshot keeps them.

`./justw bench dead_rows` starts a PostgreSQL of its own with a database per number of dead rows, holds a
snapshot in each, has the relay's and the purges' own code delete the rows, and measures the three in
turns. It fails when one with dead rows costs more than 1.5 times what the empty one does.
"""

import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import psycopg
import uvloop
from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.table import Table
from uuid_utils.compat import uuid7

from embedded_stack.servers import POSTGRES
from embedded_stack.testing import Endpoints, running
from embedded_stack.topology import load_topology
from transactional_events.db.buckets import AsyncQuerier as BucketQueries
from transactional_events.db.inbox import AsyncQuerier as InboxQueries
from transactional_events.db.outbox import AddToOutboxParams, DeleteAndReadOutboxParams
from transactional_events.db.outbox import AsyncQuerier as OutboxQueries
from transactional_events.inbox import inbox_purge
from transactional_events.kafka import OutgoingRecord, Publisher
from transactional_events.outbox import Notifier
from transactional_events.relay._batches import BATCH_SIZE, Batches
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership
from transactional_grpc.database import Pool, Purge, open_pool
from transactional_grpc.database._purge import purge_between
from transactional_grpc.db.idempotency_keys import AsyncQuerier as KeyQueries
from transactional_grpc.db.idempotency_keys import ClaimKeyParams
from transactional_grpc.server import IDEMPOTENCY_KEY_PURGE

SIZES = (0, 100_000, 1_000_000)
RATIO_MAX = 1.5
ROUNDS = 100
WARM_UP = 10
BUCKETS = 12
CHUNK = 10_000
PURGES = (inbox_purge([]), IDEMPOTENCY_KEY_PURGE)
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
FILL_OUTBOX = """INSERT INTO outbox (bucket, topic, key, value, event_id, event_type, occurred_at, request_id)
SELECT number % $2, 't', number::text, '\\x0102', gen_random_uuid(), 'E', now(), ''
FROM generate_series(1, $1::integer) AS number"""
FILL_INBOX = """INSERT INTO inbox
SELECT uuidv7(), 't', $2::timestamptz + number * interval '1 ms' FROM generate_series(1, $1::integer) AS number"""
FILL_KEYS = """INSERT INTO idempotency_keys
SELECT 'm', 's', gen_random_uuid()::text, '', '', $2::timestamptz + number * interval '1 ms'
FROM generate_series(1, $1::integer) AS number"""


class Broker:
    """A broker that has each record at once: what is measured is the database."""

    async def publish(self, records: list[OutgoingRecord]) -> list[None]:
        return [None] * len(records)

    def abort(self) -> None:
        """Has nothing to drop."""


@dataclass
class Scene:
    """A database with dead rows, and its users."""

    dead: int
    url: str
    buckets: PartitionOwnership
    low_watermarks: LowWatermarks
    batches: Batches
    pool: Pool
    connection: psycopg.AsyncConnection[Any]
    purged: dict[str, datetime] = field(
        default_factory=lambda: {purge.rows: BEGIN for purge in PURGES}
    )

    async def publish(self) -> int:
        """Reads the outbox and deletes the batch before, as a relay does after a NOTIFY; returns the number of events."""
        self.batches.notifier.notified()
        return await self.batches.publish_next()

    async def fill(self, query: str, *arguments: object) -> None:
        cursor = psycopg.AsyncRawCursor(self.connection)
        await cursor.execute(query.encode(), arguments)

    async def add_dead_rows(self) -> None:
        """Makes the dead rows, as relays and purges do."""
        for _ in range(self.dead // CHUNK):
            await self.fill(FILL_OUTBOX, CHUNK, BUCKETS)
            while await self.publish():
                pass
            for purge, query in zip(PURGES, (FILL_INBOX, FILL_KEYS), strict=True):
                await self.come_of_age(purge, query, CHUNK)
                await self.purge(purge)

    async def come_of_age(self, purge: Purge, query: str, count: int) -> None:
        begin = self.purged[purge.rows]
        await self.fill(query, count, begin)

    async def purge(self, purge: Purge) -> None:
        begin = self.purged[purge.rows]
        end = begin + timedelta(seconds=CHUNK / 1000 + 1)
        await purge_between(self.pool, purge, begin, end)
        self.purged[purge.rows] = end


Measured = Callable[[Scene], Awaitable[float]]


async def timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def an_idle_poll(scene: Scene) -> float:
    scene.low_watermarks._rows = sys.maxsize  # noqa: SLF001 - asks for settled ids each time, as a poll per second does
    return await timed(scene.publish())


async def a_batch(scene: Scene) -> float:
    await scene.fill(FILL_OUTBOX, BATCH_SIZE, BUCKETS)
    return await timed(scene.publish())


async def an_event(scene: Scene) -> float:
    await add_event(scene)
    return await timed(scene.publish())


async def add_event(scene: Scene) -> float:
    row = AddToOutboxParams(1, "t", "k", b"v", uuid4(), "E", datetime.now(UTC), "")
    return await timed(OutboxQueries(scene.connection).add_to_outbox_batch([row]))


async def a_take_over(scene: Scene) -> float:
    """By a session that knows nothing yet."""
    await add_event(scene)
    await scene.batches.delete_published()
    await scene.buckets.release(scene.buckets.owned)
    owned = list(range(BUCKETS))
    async with PartitionOwnership.open(scene.url, BUCKETS, "bench") as buckets:
        low_watermarks = LowWatermarks(buckets)

        async def take_over() -> None:
            async with buckets.session() as session:
                await BucketQueries(session).acquire_buckets(buckets=owned)
            await low_watermarks.load(owned)
            async with buckets.session() as session:
                await OutboxQueries(session).delete_and_read_outbox(
                    DeleteAndReadOutboxParams(
                        published_buckets=[],
                        published_ids=[],
                        buckets=owned,
                        after=low_watermarks.of(owned),
                        rows_per_bucket=BATCH_SIZE // BUCKETS,
                        bytes_per_bucket=1_000_000,
                    )
                )

        seconds = await timed(take_over())
    while len(scene.buckets.owned) < BUCKETS:  # the server may still be ending the other session
        await scene.buckets.rebalance(scene.low_watermarks.load)
    await scene.publish()
    return seconds


async def an_inbox_batch(scene: Scene) -> float:
    ids = [uuid7() for _ in range(500)]
    queries = InboxQueries(scene.connection)
    topics = ["t"] * len(ids)
    now = datetime.now(UTC)
    return await timed(queries.add_to_inbox(event_ids=ids, topics=topics, received_at=now))


async def an_idempotency_key(scene: Scene) -> float:
    key = str(uuid4())
    queries = KeyQueries(scene.connection)

    async def claim() -> None:
        await queries.claim_key(ClaimKeyParams("m", "s", key, b"f", datetime.now(UTC)))
        await queries.store_response(method="m", scope="s", key=key, response=b"r")
        await queries.get_response(method="m", scope="s", key=key)

    return await timed(claim())


async def an_inbox_purge(scene: Scene) -> float:
    await scene.come_of_age(PURGES[0], FILL_INBOX, 500)
    return await timed(scene.purge(PURGES[0]))


async def a_key_purge(scene: Scene) -> float:
    await scene.come_of_age(PURGES[1], FILL_KEYS, 500)
    return await timed(scene.purge(PURGES[1]))


QUERIES: dict[str, Measured] = {
    "relay: take-over of all buckets": a_take_over,
    "relay: a poll that finds nothing": an_idle_poll,
    f"relay: a batch of {BATCH_SIZE}, read and deleted": a_batch,
    "relay: an event, read and deleted": an_event,
    "outbox: an event added": add_event,
    "inbox: 500 events added": an_inbox_batch,
    "inbox: a purge of 500": an_inbox_purge,
    "keys: one claimed and stored": an_idempotency_key,
    "keys: a purge of 500": a_key_purge,
}


async def measure(urls: dict[int, str]) -> dict[str, list[float]]:
    async with AsyncExitStack() as opened:
        scenes = []
        for dead, url in urls.items():
            snapshot = await opened.enter_async_context(await psycopg.AsyncConnection.connect(url))
            await snapshot.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
            await snapshot.execute("SELECT 1")
            buckets = await opened.enter_async_context(
                PartitionOwnership.open(url, BUCKETS, "bench")
            )
            pool = await opened.enter_async_context(open_pool(url, "bench"))
            connection = await psycopg.AsyncConnection.connect(
                url, autocommit=True, prepare_threshold=0
            )
            await opened.enter_async_context(connection)
            low_watermarks = LowWatermarks(buckets)
            broker = cast("Publisher", Broker())
            batches = Batches(buckets, broker, low_watermarks, Notifier())
            scene = Scene(dead, url, buckets, low_watermarks, batches, pool, connection)
            await buckets.announce()
            await buckets.rebalance(scene.low_watermarks.load)
            await scene.add_dead_rows()
            scenes.append(scene)
        medians = {}
        for name, query in QUERIES.items():
            seconds: dict[int, list[float]] = {scene.dead: [] for scene in scenes}
            for number in range(WARM_UP + ROUNDS):
                # Another one is first each time: what the machine does meanwhile hits all alike.
                for place in range(len(scenes)):
                    scene = scenes[(number + place) % len(scenes)]
                    seconds[scene.dead].append(await query(scene))
            medians[name] = [statistics.median(rounds[WARM_UP:]) for rounds in seconds.values()]
        return medians


def report(medians: dict[str, list[float]]) -> bool:
    """Prints the medians; tells whether all are flat."""
    table = Table("Median in ms, with so many dead rows", *(f"{dead:,}" for dead in SIZES))
    for dead in SIZES[1:]:
        table.add_column(f"{dead:,} : 0")
    flat = True
    for name, (base, *others) in medians.items():
        ratios = [median / base for median in others]
        flat = flat and max(ratios) <= RATIO_MAX
        figures = [f"{median * 1000:.2f}" for median in (base, *others)]
        table.add_row(name, *figures, *(f"{ratio:.2f}" for ratio in ratios))
    Console(width=110).print(table)
    return flat


def make_databases(endpoints: Endpoints) -> dict[int, str]:
    """Makes a database per number of dead rows."""
    server = endpoints.superuser_database_url
    with psycopg.connect(server, autocommit=True) as connection:
        for dead in SIZES:
            connection.execute(f"CREATE DATABASE dead_{dead} TEMPLATE orders".encode())
    return {dead: make_conninfo(server, dbname=f"dead_{dead}") for dead in SIZES}


def main() -> None:
    with running(
        load_topology(Path(__file__).resolve().parents[1] / "topology.toml"), POSTGRES
    ) as stack:
        stack.migrate()
        medians = uvloop.run(measure(make_databases(stack.endpoints)))
    if not report(medians):
        sys.exit(f"the cost depends on the dead rows: more than {RATIO_MAX} times")


if __name__ == "__main__":
    main()
