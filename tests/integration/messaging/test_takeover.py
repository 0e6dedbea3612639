"""Each event is on its topic once, even if its relay dies, is fenced, or loses its deletes in a database crash."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest
from confluent_kafka import KafkaException
from psycopg import AsyncConnection

from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderEvent
from tests.integration.messaging import postgres
from tests.integration.messaging.conftest import fresh
from tests.integration.messaging.harness import (
    Publishing,
    allow,
    empty,
    eventually,
    has_records,
    order_created,
    records,
    running,
)
from tests.integration.messaging.processes import process
from transactional_events.kafka import FencedPublisher, KafkaSettings, OutgoingRecord
from transactional_events.registry import SchemaRegistry

pytestmark = pytest.mark.anyio

RECORD_BYTES_MAX = 2000
BACKLOG = 40_000
STRIKE_EVERY = 8_000
KEY = str(uuid4())


async def test_fenced_producer_cannot_publish(publishing: Publishing) -> None:
    name = f"test.{uuid4()}"

    def record(value: bytes) -> OutgoingRecord:
        return OutgoingRecord(publishing.stream.topic, 0, b"key", value, [])

    async with FencedPublisher.open(publishing.kafka, name) as former:
        await former.fence()
        assert await former.publish([record(b"1")]) == [None]
        async with FencedPublisher.open(publishing.kafka, name) as latter:
            await latter.fence()
            with pytest.raises(KafkaException):
                await former.publish([record(b"2")])
            assert await latter.publish([record(b"3"), record(b"4")]) == [None, None]
    values = [each.value() for each in await records(publishing.kafka, publishing.stream.topic)]
    assert values == [b"1", b"3", b"4"]


async def test_published_event_with_an_undeleted_outbox_row_is_not_published_again(
    publishing: Publishing, infrastructure: Running
) -> None:
    """The database rejects deletes from the outbox, and the relay is killed before they succeed."""
    await publishing.publish(*(order_created(KEY, amount) for amount in range(1, 6)))
    await execute(
        publishing,
        "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE 'not now'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER refuse BEFORE DELETE ON outbox EXECUTE FUNCTION refuse()",
    )
    async with process("relay_process", publishing, infrastructure) as relay:
        await eventually(partial(has_records, publishing.kafka, publishing.stream.topic, 5))
        relay.kill()
    await publishing.publish(*(order_created(KEY, amount) for amount in range(6, 11)))
    await execute(publishing, "DROP TRIGGER refuse ON outbox")
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    assert await amounts(publishing) == list(range(1, 11))


async def test_outbox_deletes_lost_in_a_database_crash_do_not_publish_events_again(
    database_of_one_bucket: Publishing, infrastructure: Running
) -> None:
    """A single partition has the largest batches, so a crash loses the most deletes."""
    publishing = database_of_one_bucket
    for first in range(1, BACKLOG, 1000):
        await publishing.publish(*(order_created(KEY, first + each) for each in range(1000)))
    async with process("relay_process", publishing, infrastructure):
        for left in range(BACKLOG - STRIKE_EVERY, 0, -STRIKE_EVERY):
            await eventually(partial(has_at_most, publishing, left))
            await asyncio.to_thread(postgres.crash, infrastructure)
        await eventually(partial(has_at_most, publishing, 0))
    assert await amounts(publishing) == list(range(1, BACKLOG + 1))


async def test_rejected_event_does_not_block_the_rest_of_its_batch(publishing: Publishing) -> None:
    """The broker rejects the whole batch; the other events are still published, in order."""
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


async def has_at_most(publishing: Publishing, count: int) -> bool:
    async with await AsyncConnection.connect(publishing.database_url) as connection:
        found = await connection.execute("SELECT FROM outbox")
        return found.rowcount <= count


async def execute(publishing: Publishing, *statements: str) -> None:
    async with publishing.pool.connection() as connection:
        for statement in statements:
            await connection.execute(statement.encode())


async def amounts(publishing: Publishing) -> list[int]:
    found = await records(publishing.kafka, publishing.stream.topic)
    return [OrderEvent.FromString((each.value() or b"")[6:]).order_created.amount for each in found]
