"""Low watermarks never pass an uncommitted outbox row, so late commits aren't skipped, even after a takeover."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from tests.integration.messaging.dead_rows import snapshot
from tests.integration.messaging.harness import Db, eventually
from transactional_events.db.models import Outbox as Row
from transactional_events.db.outbox import (
    AddToOutboxParams,
    AsyncQuerier,
    DeleteAndReadOutboxParams,
)
from transactional_events.relay import _low_watermarks as low_watermarks
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership

pytestmark = pytest.mark.anyio

BUCKETS = 4
WRITERS = 6
TRANSACTIONS = 30
HAND_OVERS = 6
READS_HELD_MAX = 2
"""How many reads of the relay a writer waits for before it ends its transaction."""


class Reader:
    """Reads and deletes outbox rows as a relay does, without publishing them."""

    def __init__(self, buckets: PartitionOwnership) -> None:
        self._buckets = buckets
        self._queries = AsyncQuerier(buckets._connection)
        self.low_watermarks = LowWatermarks(buckets)

    async def read(self) -> list[Row]:
        """Reads and deletes a batch; refreshes the low watermarks first, as a relay does after a large batch."""
        await self.low_watermarks._refresh()
        await self.low_watermarks._save()
        owned = sorted(self._buckets.owned)
        async with self._buckets.session():
            rows = await self._queries.delete_and_read_outbox(
                DeleteAndReadOutboxParams(
                    published_buckets=[],
                    published_ids=[],
                    buckets=owned,
                    after=self.low_watermarks.of(owned),
                    rows_per_bucket=3,
                    bytes_per_bucket=1_000_000,
                )
            )
        self.low_watermarks.advance(owned, rows)
        async with self._buckets.session():
            await self._queries.delete_from_outbox(
                buckets=[row.bucket for row in rows], ids=[row.id for row in rows]
            )
        return list(rows)


@asynccontextmanager
async def reader(url: str) -> AsyncIterator[Reader]:
    async with PartitionOwnership.open(url, BUCKETS, "test") as buckets:
        made = Reader(buckets)
        await buckets.announce()
        await buckets.rebalance(made.low_watermarks.load)
        yield made


async def connect(url: str) -> Db:
    return await psycopg.AsyncConnection.connect(url, autocommit=True)


async def insert(connection: Db, *keys: str, bucket: int = 0) -> None:
    rows = [
        AddToOutboxParams(
            bucket=bucket,
            topic="t",
            key=key,
            value=b"v",
            event_id=uuid4(),
            event_type="E",
            occurred_at=datetime.now(UTC),
            request_id="",
        )
        for key in keys
    ]
    await AsyncQuerier(connection).add_to_outbox_batch(rows)


async def test_row_that_commits_late_is_read(database_url: str) -> None:
    async with (
        await connect(database_url) as late,
        await connect(database_url) as early,
        reader(database_url) as relay,
    ):
        async with late.transaction():
            await insert(late, "late")
            await insert(early, "early")
            read = [row.key for _ in range(4) for row in await relay.read()]
            assert relay.low_watermarks.of([0]) == [0]
        read += [row.key for row in await relay.read()]
    assert read == ["early", "late"]


async def test_row_with_an_id_but_no_xid_yet_is_read(database_url: str) -> None:
    """The row has taken its id but its transaction is in no snapshot yet; a trigger holds it in this state."""
    async with (
        await connect(database_url) as gate,
        await connect(database_url) as late,
        reader(database_url) as relay,
    ):
        await insert(
            gate, "first"
        )  # logs the sequence's next values, so that later inserts need no xid for them
        await gate.execute(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$"
        )
        await gate.execute("SELECT pg_advisory_lock(1)")
        await gate.execute(
            "CREATE TRIGGER wait BEFORE INSERT ON outbox FOR EACH ROW WHEN (NEW.key = 'late') "
            "EXECUTE FUNCTION wait()"
        )
        inserting = asyncio.create_task(insert(late, "late"))
        await eventually(lambda: waits_without_xid(gate))
        await insert(gate, "early")
        read = [row.key for _ in range(4) for row in await relay.read()]
        assert relay.low_watermarks.of([0]) < [2]
        await gate.execute("SELECT pg_advisory_unlock(1)")
        await inserting
        read += [row.key for row in await relay.read()]
    assert read == ["first", "early", "late"]


async def waits_without_xid(connection: Db) -> bool:
    query = (
        "SELECT FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event = 'advisory' AND backend_xid IS NULL"
    )
    return (await connection.execute(query)).rowcount == 1


async def test_transactions_on_other_tables_do_not_hold_back_the_low_watermark(
    database_url: str,
) -> None:
    async with (
        await connect(database_url) as other,
        await connect(database_url) as writer,
        reader(database_url) as relay,
        other.transaction(),
    ):
        await other.execute("CREATE TABLE elsewhere ()")
        await insert(writer, "key")
        assert [row.key for row in await relay.read()] == ["key"]
        assert await relay.read() == []
        assert relay.low_watermarks.of([0]) == [1]


async def test_rows_are_read_after_the_sequence_was_reset(database_url: str) -> None:
    async with await connect(database_url) as writer, reader(database_url) as relay:
        for _ in range(9):
            await insert(writer, "before")
            await relay.read()
        await relay.read()
        assert relay.low_watermarks.of([0]) == [9]
        await writer.execute("TRUNCATE outbox RESTART IDENTITY")
        await insert(writer, "after")
        assert [row.key for row in await relay.read()] == ["after"]


async def test_saved_low_watermark_is_discarded_after_the_sequence_was_reset(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next owner would load the old low watermark and skip every row below it."""
    monkeypatch.setattr(low_watermarks, "SAVE_IDS", 5)
    async with await connect(database_url) as writer:
        async with reader(database_url) as relay:
            await insert(writer, *["before"] * 9)
            while await relay.read():
                pass
            await relay.read()
            await writer.execute("TRUNCATE outbox RESTART IDENTITY")
            await insert(writer, "after")
            assert [row.key for row in await relay.read()] == ["after"]
        waiting = [str(number) for number in range(12)]
        await insert(writer, *waiting)
        async with reader(database_url) as relay:
            read = [row.key for _ in waiting for row in await relay.read()]
    assert read == waiting


async def test_each_committed_row_is_read_once_and_in_order_of_its_key(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers take ids early and commit late or roll back, while relays take partitions over from one another."""
    monkeypatch.setattr(low_watermarks, "SAVE_IDS", 5)
    monkeypatch.setattr(low_watermarks, "STEP_IDS", 7)
    chance = random.Random(10)
    committed: dict[str, list[str]] = {str(number): [] for number in range(WRITERS)}
    relay_has_read = asyncio.Condition()

    async def write(writer: str) -> None:
        async with await connect(database_url) as connection:
            for number in range(TRANSACTIONS):
                keys = [f"{writer}/{number}/{index}" for index in range(chance.randint(1, 3))]
                async with connection.transaction() as transaction:
                    await insert(connection, *keys, bucket=int(writer) % BUCKETS)
                    for _ in range(chance.randint(0, READS_HELD_MAX)):
                        async with relay_has_read:
                            await relay_has_read.wait()
                    if chance.random() < 0.2:
                        raise psycopg.Rollback(transaction)
                    committed[writer] += keys

    read: dict[str, list[str]] = defaultdict(list)
    async with snapshot(database_url):
        writing = asyncio.gather(*map(write, committed))
        hand_overs = 0
        while hand_overs < HAND_OVERS or not writing.done():
            async with reader(database_url) as relay:
                hand_overs += 1
                for _ in range(60):
                    rows = await relay.read()
                    for row in rows:
                        read[row.key.partition("/")[0]].append(row.key)
                    async with relay_has_read:
                        relay_has_read.notify_all()
        await writing
        async with reader(database_url) as relay:
            while rows := await relay.read():
                for row in rows:
                    read[row.key.partition("/")[0]].append(row.key)
    assert read == committed
