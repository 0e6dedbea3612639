"""A relay that dies, freezes, or loses its deletes in a database crash repeats events, but keeps their order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest
from confluent_kafka import KafkaError
from psycopg import AsyncConnection, OperationalError

from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderEvent
from tests.integration.messaging import postgres
from tests.integration.messaging.conftest import fresh
from tests.integration.messaging.harness import (
    Publishing,
    Recorder,
    consuming,
    empty,
    eventually,
    order_created,
    running,
)
from tests.integration.messaging.kafka_topic import allow, records
from tests.integration.messaging.processes import process
from transactional_events.kafka import ID, KafkaSettings, OutgoingRecord, Publisher, header
from transactional_events.outbox import Notifier
from transactional_events.registry import SchemaRegistry
from transactional_events.relay._batches import Batches
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership

pytestmark = pytest.mark.anyio

RECORD_BYTES_MAX = 2000
BACKLOG = 40_000
CRASH_EVERY = 8_000
KEY = str(uuid4())
LAST = 100


async def test_event_whose_row_was_not_deleted_is_repeated_and_has_one_effect(
    publishing: Publishing, infrastructure: Running
) -> None:
    """The database rejects deletes from the outbox, and the relay is killed before they succeed."""
    await publishing.publish(*(order_created(KEY, amount) for amount in range(1, 6)))
    await execute(
        publishing,
        "CREATE FUNCTION reject() RETURNS trigger AS $$ BEGIN RAISE 'not now'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER reject BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION reject()",
    )
    async with process("relay_process", publishing, infrastructure) as relay:
        await eventually(lambda: all_published(publishing, 5))
        relay.kill()
    await publishing.publish(*(order_created(KEY, amount) for amount in range(6, 11)))
    await execute(publishing, "DROP TRIGGER reject ON outbox")
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    assert len(await amounts(publishing)) >= 15
    await check_once_and_in_order(publishing, list(range(1, 11)))


class Frozen(Publisher):
    """A publisher that sends its batch only when it is told to, as a process does that was frozen before it."""

    def __init__(self, settings: KafkaSettings) -> None:
        super().__init__(settings)
        self.frozen = asyncio.Event()
        self.thawed = asyncio.Event()

    async def publish(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        self.frozen.set()
        await self.thawed.wait()
        return await super().publish(records)

    def abort(self) -> None:
        """Does nothing, because a frozen process notices nothing."""


async def test_late_batch_of_a_former_owner_repeats_events_and_deletes_nothing(
    publishing: Publishing,
) -> None:
    """The former owner read five events before it froze; it sends them behind five newer ones."""
    count = publishing.stream.partitions
    await publishing.publish(*(order_created(KEY, amount) for amount in range(1, 6)))
    async with (
        Frozen.open(publishing.kafka) as frozen,
        PartitionOwnership.open(publishing.database_url, count, "former") as former,
    ):
        await former.announce()
        low_watermarks = LowWatermarks(former)
        await former.rebalance(low_watermarks.load)
        batches = Batches(former, frozen, low_watermarks, Notifier())
        batch = asyncio.create_task(batches.publish_next())
        await frozen.frozen.wait()
        # The session that is held sends no heartbeats, so PostgreSQL ends it.
        async with former.session(), running(publishing.relay.run):
            await publishing.publish(*(order_created(KEY, amount) for amount in range(6, 11)))
            await eventually(lambda: empty(publishing))
        await publishing.publish(order_created(KEY, 11))
        frozen.thawed.set()
        assert await batch == 5
        with pytest.raises(OperationalError):
            await batches.delete_published()
        assert await publishing.waiting() == 1
    assert await amounts(publishing) == [*range(1, 11), *range(1, 6)]
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    await check_once_and_in_order(publishing, list(range(1, 12)))


async def test_outbox_deletes_lost_in_a_database_crash_repeat_events_in_order(
    database_of_one_bucket: Publishing, infrastructure: Running
) -> None:
    """A single partition has the largest batches, so a crash loses the most deletes."""
    publishing = database_of_one_bucket
    for first in range(1, BACKLOG, 1000):
        await publishing.publish(*(order_created(KEY, first + number) for number in range(1000)))
    async with process("relay_process", publishing, infrastructure):
        for left in range(BACKLOG - CRASH_EVERY, 0, -CRASH_EVERY):
            await eventually(partial(has_at_most, publishing, left))
            await asyncio.to_thread(postgres.crash, infrastructure)
        await eventually(partial(has_at_most, publishing, 0))
    assert first_occurrences(await amounts(publishing)) == list(range(1, BACKLOG + 1))
    assert await ids_per_amount(publishing) == {1}


async def test_rejected_event_does_not_block_the_rest_of_its_batch(publishing: Publishing) -> None:
    """The broker rejects the request of its partition; the other events are still published, in order and once."""
    await allow(publishing.kafka, publishing.stream.topic, RECORD_BYTES_MAX)
    events = [order_created(KEY, amount) for amount in range(1, 10)]
    events[4].description = "x" * RECORD_BYTES_MAX
    others = [order_created(amount=amount) for amount in range(100, 120)]
    await publishing.publish(*events, *others)
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    found = await amounts(publishing)
    assert [amount for amount in found if amount < 100] == [1, 2, 3, 4, 6, 7, 8, 9]
    assert sorted(amount for amount in found if amount >= 100) == list(range(100, 120))


@pytest.fixture
async def database_of_one_bucket(
    infrastructure: Running,
    kafka: KafkaSettings,
    registry: SchemaRegistry,
    publishing_of: Callable[..., Awaitable[Publishing]],
) -> AsyncIterator[Publishing]:
    yield await publishing_of(await fresh(replace(ORDER_EVENTS, partitions=1), kafka, registry))
    # The registry fails one request for each of its connections that the outage broke, so restart it.
    await asyncio.to_thread(infrastructure.restart, "registry")


async def all_published(publishing: Publishing, count: int) -> bool:
    return len(set(await amounts(publishing))) == count


async def has_at_most(publishing: Publishing, count: int) -> bool:
    async with await AsyncConnection.connect(publishing.database_url) as connection:
        found = await connection.execute("SELECT FROM outbox")
        return found.rowcount <= count


async def execute(publishing: Publishing, *statements: str) -> None:
    async with await AsyncConnection.connect(publishing.database_url) as connection:
        for statement in statements:
            await connection.execute(statement.encode())


async def amounts(publishing: Publishing) -> list[int]:
    found = await records(publishing.kafka, publishing.stream.topic)
    return [
        OrderEvent.FromString((record.value() or b"")[6:]).order_created.amount for record in found
    ]


def first_occurrences(found: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(found))


async def ids_per_amount(publishing: Publishing) -> set[int]:
    """Returns how many different event ids the records of one amount have."""
    ids: dict[int, set[str]] = {}
    for record in await records(publishing.kafka, publishing.stream.topic):
        event = OrderEvent.FromString((record.value() or b"")[6:])
        ids.setdefault(event.order_created.amount, set()).update(
            (event.event_id, header(record, ID))
        )
    return {len(found) for found in ids.values()}


async def check_once_and_in_order(publishing: Publishing, expected: list[int]) -> None:
    """Checks the topic, and that a consumer handles each event once and in order."""
    assert first_occurrences(await amounts(publishing)) == expected
    assert await ids_per_amount(publishing) == {1}
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    async with running(consumer):
        await recorder.wait_for(len(expected))
        await publishing.publish(last := order_created(KEY, LAST))
        async with running(publishing.relay.run):
            await recorder.wait_for(len(expected) + 1)
    handled = [event.amount for run in recorder.runs for event in run]
    assert handled == [*expected, last.amount]
