"""Relays and purges don't get slower with the number of dead rows that a snapshot keeps.

The tests count index entries, which are the same on every machine; `./justw bench dead_rows` measures time.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import pytest

from tests.integration.messaging.dead_rows import (
    add_dead_rows,
    entries_read,
    rows_read,
    scans,
    snapshot,
)
from tests.integration.messaging.harness import (
    Db,
    Publishing,
    empty,
    eventually,
    order_created,
    running,
)
from transactional_events.db.outbox import AsyncQuerier, DeleteAndReadOutboxParams
from transactional_events.inbox import _inbox as inbox
from transactional_events.relay._low_watermarks import SAVE_IDS, LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership
from transactional_grpc.database import Deleted, Pool, Purge, purge_forever
from transactional_grpc.database import _purge as purge_module
from transactional_grpc.database._purge import BATCH_SIZE, OLDEST, purge_between
from transactional_grpc.server import _idempotency as idempotency

pytestmark = pytest.mark.anyio

BUCKETS = 12
DEAD = 30_000
OLD = 6 * BATCH_SIZE
POLLS = 2


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[None]:
    """Holds a snapshot during the test, so that VACUUM can't remove the dead rows."""
    async with snapshot(database_url):
        yield


async def test_idle_relay_reads_no_dead_rows(publishing: Publishing, kept: None) -> None:
    async with publishing.pool.connection() as connection:
        await add_dead_rows(connection, DEAD, BUCKETS)
        await publishing.publish(order_created())
        async with running(publishing.relay.run):
            await eventually(lambda: empty(publishing))
            # The first read passes over the dead rows; the next poll advances the low watermarks.
            await eventually(partial(polled, connection, await scans(connection, "outbox_pkey")))
            before = await entries_read(connection, "outbox_pkey")
            await eventually(partial(polled, connection, await scans(connection, "outbox_pkey")))
            after = await entries_read(connection, "outbox_pkey")
    assert after - before < DEAD // 10


async def polled(connection: Db, before: int) -> bool:
    return await scans(connection, "outbox_pkey") >= before + POLLS * BUCKETS


async def test_takeover_reads_few_dead_rows(database_url: str, kept: None) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        async with PartitionOwnership.open(database_url, BUCKETS, "former") as former:
            await former.announce()
            low_watermarks = LowWatermarks(former)
            await former.rebalance(low_watermarks.load)
            await add_dead_rows(connection, DEAD, BUCKETS)
            await take_note(former, low_watermarks)
        async with PartitionOwnership.open(database_url, BUCKETS, "latter") as latter:
            await latter.announce()
            before = await entries_read(latter._connection, "outbox_pkey")
            low_watermarks = LowWatermarks(latter)
            await latter.rebalance(low_watermarks.load)
            await take_note(latter, low_watermarks)
            after = await entries_read(latter._connection, "outbox_pkey")
    assert after - before < SAVE_IDS


async def take_note(buckets: PartitionOwnership, low_watermarks: LowWatermarks) -> None:
    """Reads the outbox as a relay does for a batch."""
    owned = list(range(BUCKETS))
    queries = AsyncQuerier(buckets._connection)
    after = low_watermarks.of(owned)
    await low_watermarks._refresh()
    rows = await queries.delete_and_read_outbox(
        DeleteAndReadOutboxParams(
            published_buckets=[],
            published_ids=[],
            buckets=owned,
            after=after,
            rows_per_bucket=50,
            bytes_per_bucket=1_000_000,
        )
    )
    low_watermarks.advance(owned, rows)
    await low_watermarks._save()


async def delete(queries: AsyncQuerier, buckets: list[int], ids: list[int]) -> None:
    await queries.delete_from_outbox(buckets=buckets, ids=ids)


async def delete_and_read(queries: AsyncQuerier, buckets: list[int], ids: list[int]) -> None:
    await queries.delete_and_read_outbox(
        DeleteAndReadOutboxParams(
            published_buckets=buckets,
            published_ids=ids,
            buckets=[0],
            after=[2 * DEAD],
            rows_per_bucket=50,
            bytes_per_bucket=1_000_000,
        )
    )


@pytest.mark.parametrize("statement", [delete, delete_and_read])
async def test_outbox_delete_planned_on_an_empty_table_uses_the_index(
    database_url: str,
    kept: None,
    statement: Callable[[AsyncQuerier, list[int], list[int]], Awaitable[None]],
) -> None:
    """PostgreSQL caches the plan, and autovacuum may not analyze the table for a minute."""
    async with (
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection,
        PartitionOwnership.open(database_url, BUCKETS, "test") as buckets,
    ):
        await connection.execute("VACUUM (ANALYZE) outbox")
        queries = AsyncQuerier(buckets._connection)
        for _ in range(10):  # PostgreSQL caches a generic plan only after some executions
            await statement(queries, [0], [1])
        await add_dead_rows(connection, 1000, BUCKETS)
        before = await rows_read(buckets._connection, "outbox")
        entries = await entries_read(buckets._connection, "outbox_pkey")
        await statement(queries, [0, 1], [1, 2])
        assert await rows_read(buckets._connection, "outbox") == before
        assert await entries_read(buckets._connection, "outbox_pkey") <= entries + 2


@pytest.mark.parametrize(
    ("purge", "index", "statement"),
    [
        (
            inbox.inbox_purge([]),
            "inbox_by_age",
            (
                "INSERT INTO inbox SELECT gen_random_uuid(), 't', %s + number * interval '1 ms' "
                "FROM generate_series(1, %s) AS number"
            ),
        ),
        (
            idempotency.IDEMPOTENCY_KEY_PURGE,
            "idempotency_keys_by_age",
            (
                "INSERT INTO idempotency_keys "
                "SELECT 'm', 's', number::text, '', '', %s + number * interval '1 ms' "
                "FROM generate_series(1, %s) AS number"
            ),
        ),
    ],
    ids=["inbox", "idempotency keys"],
)
async def test_purge_reads_no_rows_that_it_deleted(
    pool: Pool, kept: None, purge: Purge, index: str, statement: str
) -> None:
    """Neither the next batch nor the next pass reads the rows again."""
    begin = datetime.now(UTC) - timedelta(days=100)
    end = begin + timedelta(days=1)
    async with pool.connection() as connection:
        await connection.execute(statement.encode(), (begin, OLD))
        before = await entries_read(connection, index)
    assert await purge_between(pool, purge, OLDEST, end) == OLD
    async with pool.connection() as connection:
        whole = await entries_read(connection, index)
    assert whole - before < 2 * OLD
    assert await purge_between(pool, purge, end, end + timedelta(days=1)) == 0
    async with pool.connection() as connection:
        assert await entries_read(connection, index) == whole


async def test_purge_resumes_where_the_last_successful_pass_ended(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every third pass starts at the oldest row; a pass that fails doesn't move the start."""
    monkeypatch.setattr(purge_module, "INTERVAL_SECONDS", 0)
    monkeypatch.setattr(purge_module, "WHOLE_EVERY", 3)
    passes: list[tuple[datetime, datetime]] = []
    enough = asyncio.Event()

    async def delete(_: Db, begin: datetime, end: datetime, limit: int) -> Deleted:
        passes.append((begin, end))
        if len(passes) == 1:
            raise psycopg.OperationalError
        if len(passes) == 4:
            enough.set()
        return Deleted(0, begin)

    begun = datetime.now(UTC)
    purging = asyncio.create_task(purge_forever(pool, (Purge("rows", timedelta(), delete),)))
    async with asyncio.timeout(30):
        await enough.wait()
    purging.cancel()
    with suppress(asyncio.CancelledError):
        await purging
    assert passes[0][0] == OLDEST
    assert begun <= passes[1][0] <= passes[0][1]
    assert passes[2][0] == passes[1][1]
    assert passes[3][0] == OLDEST
