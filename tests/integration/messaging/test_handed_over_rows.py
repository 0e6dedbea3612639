"""A relay publishes the rows that its process commits without reading them; order and delivery don't depend on that."""

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from psycopg import OperationalError

from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_pb2 import OrderEvent
from tests.integration.messaging import publishing_process
from tests.integration.messaging.harness import (
    Db,
    Publishing,
    empty,
    eventually,
    order_created,
    running,
)
from tests.integration.messaging.kafka_topic import has_records, records
from tests.integration.messaging.processes import process
from transactional_events.db.outbox import AsyncQuerier, DeleteAndReadOutboxParams
from transactional_events.kafka import ID, KafkaSettings, OutgoingRecord, Publisher, header
from transactional_events.outbox import Notifier, Outbox
from transactional_events.relay import _batches as batches_module
from transactional_events.relay._batches import Batches
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership
from transactional_grpc.database import Database, Transaction

pytestmark = pytest.mark.anyio

KEY = str(uuid4())
KILL_AT = 40


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[DeleteAndReadOutboxParams]:
    """The reads of relays, which make none without a reason."""
    found: list[DeleteAndReadOutboxParams] = []
    read = AsyncQuerier.delete_and_read_outbox

    def noted(self: AsyncQuerier, arg: DeleteAndReadOutboxParams) -> object:
        found.append(arg)
        return read(self, arg)

    monkeypatch.setattr(AsyncQuerier, "delete_and_read_outbox", noted)
    monkeypatch.setattr(batches_module, "READ_SECONDS", 3600.0)
    return found


async def test_rows_of_the_own_process_are_published_without_a_read(
    publishing: Publishing, reads: list[DeleteAndReadOutboxParams]
) -> None:
    async with running(publishing.relay.run):
        await eventually(lambda: owns_all(publishing))
        await publishing.publish(order_created(KEY, 1))
        await eventually(lambda: has_records(publishing.kafka, publishing.stream.topic, 1))
        before = len(reads)
        for amount in range(2, 20):
            await publishing.publish(order_created(KEY, amount))
        await eventually(lambda: has_records(publishing.kafka, publishing.stream.topic, 19))
        assert len(reads) == before
    assert await amounts(publishing) == list(range(1, 20))
    assert await empty(publishing)


async def test_published_rows_are_deleted_by_the_next_read(publishing: Publishing) -> None:
    async with running(publishing.relay.run):
        await eventually(lambda: owns_all(publishing))
        for amount in range(1, 20):
            await publishing.publish(order_created(KEY, amount))
        await eventually(lambda: empty(publishing), seconds=5)
    assert await amounts(publishing) == list(range(1, 20))


async def test_rows_of_another_process_come_before_those_that_were_committed_after_them(
    publishing: Publishing, reads: list[DeleteAndReadOutboxParams]
) -> None:
    """The other process dies before its NOTIFY."""
    other = Database(
        publishing.pool, lambda connection: connection, (Outbox(publishing.outbox.schema_ids),)
    )
    async with running(publishing.relay.run):
        await eventually(lambda: owns_all(publishing))
        for amount in range(1, 40):
            if amount % 3:
                await publishing.publish(order_created(KEY, amount))
            else:
                async with other.write() as tx:
                    publishing.stream.publish(tx, order_created(KEY, amount), key=KEY)
        await publishing.publish(order_created(KEY, 40))
        await eventually(lambda: has_records(publishing.kafka, publishing.stream.topic, 40))
    assert await amounts(publishing) == list(range(1, 41))
    assert await empty(publishing)
    assert reads


async def test_row_behind_a_rolled_back_one_is_published(
    publishing: Publishing, reads: list[DeleteAndReadOutboxParams]
) -> None:
    async def roll_back(tx: Transaction[Db]) -> None:
        publishing.stream.publish(tx, order_created(KEY, 1), key=KEY)
        await publishing.outbox.before_commit(tx)
        raise LookupError

    async with running(publishing.relay.run):
        await eventually(lambda: owns_all(publishing))
        with pytest.raises(LookupError):
            await publishing.database.run(roll_back)
        for amount in (2, 3):
            await publishing.publish(order_created(KEY, amount))
        await eventually(lambda: has_records(publishing.kafka, publishing.stream.topic, 2))
    assert await amounts(publishing) == [2, 3]
    assert await empty(publishing)
    assert reads


class Frozen(Publisher):
    """A publisher that sends a batch only when it is told to, as a process does that was frozen before it."""

    def __init__(self, settings: KafkaSettings) -> None:
        super().__init__(settings)
        self.frozen = asyncio.Event()
        self.thawed = asyncio.Event()

    async def publish(self, records: Sequence[OutgoingRecord]) -> list[object]:  # type: ignore[override]  # errors
        self.frozen.set()
        await self.thawed.wait()
        return list(await super().publish(records))

    def abort(self) -> None:
        """Does nothing, because a frozen process notices nothing."""


@asynccontextmanager
async def former_owner(
    publishing: Publishing, frozen: Frozen, notifier: Notifier
) -> AsyncIterator[tuple[PartitionOwnership, Batches]]:
    """Owns all partitions, and has read them once."""
    count = publishing.stream.partitions
    async with PartitionOwnership.open(publishing.database_url, count, "former") as former:
        await former.announce()
        low_watermarks = LowWatermarks(former)
        await former.rebalance(low_watermarks.load)
        notifier.owned = former.owned
        batches = Batches(former, frozen, low_watermarks, notifier)
        assert await batches.publish_next() == 0
        yield former, batches


async def test_late_batch_of_handed_over_rows_repeats_events_and_deletes_nothing(
    publishing: Publishing,
) -> None:
    """The former owner also publishes rows that its process commits while another relay owns the partitions."""
    notifier = Notifier()
    own = Database(
        publishing.pool,
        lambda connection: connection,
        (Outbox(publishing.outbox.schema_ids, notifier),),
    )

    async def commit(amount: int) -> None:
        async with own.write() as tx:
            publishing.stream.publish(tx, order_created(KEY, amount), key=KEY)

    async with (
        Frozen.open(publishing.kafka) as frozen,
        former_owner(publishing, frozen, notifier) as (former, batches),
    ):
        for amount in range(1, 6):
            await commit(amount)
        batch = asyncio.create_task(batches.publish_next())
        await frozen.frozen.wait()
        # The session that is held sends no heartbeats, so PostgreSQL ends it.
        async with former.session(), running(publishing.relay.run):
            await eventually(lambda: empty(publishing))
            for amount in range(6, 9):
                await commit(amount)
            await eventually(lambda: empty(publishing))
        frozen.thawed.set()
        assert await batch == 5
        await commit(9)
        # A relay that reads notices that its session is over.
        batches.read_at = math.inf
        assert await batches.publish_next() == 4
        with pytest.raises(OperationalError):
            await batches.delete_published()
    assert await publishing.waiting() == 1
    found = await amounts(publishing)
    assert found == [*range(1, 9), *range(1, 6), *range(6, 10)]
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    assert await amounts(publishing) == [*found, 9]
    assert await ids(publishing) == 9


@pytest.mark.parametrize("stage", [stage.__qualname__ for stage in publishing_process.STAGES])
async def test_process_that_is_killed_loses_no_event_and_keeps_their_order(
    publishing: Publishing, infrastructure: Running, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is killed before it hands a row over, before it publishes it, or before it deletes it."""
    monkeypatch.setenv("KILL_BEFORE", stage)
    monkeypatch.setenv("KILL_AT", str(KILL_AT))
    async with process("publishing_process", publishing, infrastructure) as killed:
        assert killed.stdout
        printed = (await killed.stdout.read()).split()
    committed = int(printed[-1])
    assert committed >= KILL_AT - 1
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    first_occurrences = list(dict.fromkeys(await amounts(publishing)))
    assert first_occurrences == list(range(1, len(first_occurrences) + 1))
    # The last commit may have succeeded before the process could print it.
    assert len(first_occurrences) - committed in {0, 1}
    assert await ids(publishing) == len(first_occurrences)


async def owns_all(publishing: Publishing) -> bool:
    return len(publishing.outbox.notifier.owned) == publishing.stream.partitions


async def amounts(publishing: Publishing) -> list[int]:
    found = await records(publishing.kafka, publishing.stream.topic)
    return [
        OrderEvent.FromString((record.value() or b"")[6:]).order_created.amount for record in found
    ]


async def ids(publishing: Publishing) -> int:
    """Returns the number of different events on the topic."""
    found = await records(publishing.kafka, publishing.stream.topic)
    return len({header(record, ID) for record in found})
