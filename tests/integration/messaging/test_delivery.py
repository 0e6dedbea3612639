"""An event on its whole way: transaction, outbox, relay, topic, inbox, handler."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest

from shop.orders.events.v1.order_event_pb2 import OrderCreated, OrderEvent
from shop.payments.events.v1.payment_event_pb2 import PaymentSucceeded
from tests.integration.messaging.harness import (
    Db,
    Publishing,
    Recorder,
    consuming,
    empty,
    eventually,
    order_created,
    running,
)
from tests.integration.messaging.kafka_topic import has_records, produce, records
from transactional_events.db.inbox import AsyncQuerier
from transactional_events.db.outbox import AsyncQuerier as OutboxQueries
from transactional_events.db.outbox import DeleteAndReadOutboxParams
from transactional_events.dead_letters import DeadLetterProducer
from transactional_events.inbox import _inbox as inbox
from transactional_events.kafka import KafkaSettings, Publisher
from transactional_events.process import schemas_for
from transactional_events.registry import SchemaRegistry
from transactional_events.registry import _wire as wire
from transactional_events.streams import Stream
from transactional_events.topics import _registration as registration
from transactional_grpc.database import Transaction, open_pool
from transactional_grpc.database import _pool as pools
from transactional_grpc.database._purge import OLDEST

pytestmark = pytest.mark.anyio


async def test_committed_event_is_handled_once(
    publishing: Publishing, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    recorder = Recorder()
    subscription = recorder.subscription(publishing.stream)
    consumer = await consuming(publishing, subscription)
    created = order_created(amount=2**53 - 1, description="two 🥐")
    async with running(publishing.relay.run, consumer):
        await publishing.publish(created)
        await recorder.wait_for(1)
        await eventually(lambda: empty(publishing))
    assert recorder.runs == [[created]]


async def test_duplicate_in_a_batch_is_handled_once_and_in_order(publishing: Publishing) -> None:
    """A relay publishes events whose delivery it doesn't know again, so a batch can have one twice."""
    key = str(uuid4())
    await publishing.publish(*(order_created(key, amount) for amount in (1, 2)))
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    first, second = await records(publishing.kafka, publishing.stream.topic)
    recorder = Recorder()
    schemas = await schemas_for([publishing.stream], publishing.kafka, publishing.registry)
    publisher = Publisher(publishing.kafka)
    subscriptions = [recorder.subscription(publishing.stream)]
    box = inbox.Inbox(
        publishing.database, subscriptions, schemas, DeadLetterProducer(publisher, "test", {})
    )
    await box.handle([first, second, first])
    await publisher.close()
    assert [[event.amount for event in run] for run in recorder.runs] == [[1, 2]]


async def test_batch_that_takes_too_long_for_one_transaction_is_halved(
    publishing: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publishing.publish(*(order_created() for _ in range(4)))
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    batch = await records(publishing.kafka, publishing.stream.topic)

    async def take_long(tx: Transaction[Db], _: OrderCreated) -> None:
        await (await tx.connection.execute("SELECT pg_sleep(0.2)")).fetchone()

    recorder = Recorder(take_long)
    schemas = await schemas_for([publishing.stream], publishing.kafka, publishing.registry)
    monkeypatch.setattr(pools, "TRANSACTION_MS_MAX", 600)
    async with (
        Publisher.open(publishing.kafka) as publisher,
        open_pool(publishing.database_url, "test") as pool,
        asyncio.timeout(30),
    ):
        box = inbox.Inbox(
            replace(publishing, pool=pool).database,
            [recorder.subscription(publishing.stream)],
            schemas,
            DeadLetterProducer(publisher, "test", {}),
        )
        await box.handle(batch)
    assert [len(run) for run in recorder.runs] == [2, 2]
    assert len(set(recorder.order_ids)) == 4


async def test_event_of_a_rolled_back_transaction_is_never_published(
    publishing: Publishing, kafka: KafkaSettings
) -> None:
    async with running(publishing.relay.run):
        with pytest.raises(ZeroDivisionError):
            await publish_and_fail(publishing)
        await publishing.publish(order_created())
        await eventually(lambda: empty(publishing))
    assert len(await records(kafka, publishing.stream.topic)) == 1


async def test_record_has_the_registry_wire_format_and_cloudevents_headers(
    publishing: Publishing, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    created = order_created()
    async with running(publishing.relay.run):
        await publishing.publish(created, correlation_id="r-1")
        await eventually(lambda: empty(publishing))
    [record] = await records(kafka, publishing.stream.topic)
    value = record.value() or b""
    schema_id = int.from_bytes(value[1:5])
    event = OrderEvent.FromString(value[6:])
    headers = dict(record.headers() or ())

    assert value[:1] + value[5:6] == b"\0\0"
    assert publishing.stream.subject in await registry.subjects_of(schema_id)
    assert record.key() == created.order_id.encode()
    assert (event.event_type, event.order_created) == ("OrderCreated", created)
    assert headers == {
        "ce_specversion": b"1.0",
        "ce_id": event.event_id.encode(),
        "ce_source": f"/{publishing.stream.topic}".encode(),
        "ce_type": b"shop.orders.events.v1.OrderCreated",
        "ce_time": headers["ce_time"],
        "content-type": b"application/protobuf",
        "x-request-id": b"r-1",
    }


async def test_event_published_by_a_handler_keeps_the_correlation_id(
    orders: Stream, payments: Stream, publishing_of: Callable[..., Awaitable[Publishing]]
) -> None:
    async def pay(tx: Transaction[Db], event: OrderCreated) -> None:
        paid = PaymentSucceeded(order_id=event.order_id, user_id=event.user_id)
        payments.publish(tx, paid, key=event.order_id)

    publishing = await publishing_of(orders, payments)
    recorder = Recorder(pay)
    subscription = recorder.subscription(publishing.stream)
    consumer = await consuming(publishing, subscription)
    async with running(publishing.relay.run, consumer):
        for request in ("r-1", "r-2"):
            await publishing.publish(order_created(), correlation_id=request)
        # The recorder sees an event before the handler's transaction commits, so wait for the records instead.
        await eventually(partial(has_records, publishing.kafka, payments.topic, 2))
    requests: dict[object, list[object]] = defaultdict(list)
    for stream in (orders, payments):
        for record in await records(publishing.kafka, stream.topic):
            requests[record.key()].append(dict(record.headers() or ())["x-request-id"])
    assert sorted(map(tuple, requests.values())) == [(b"r-1", b"r-1"), (b"r-2", b"r-2")]


async def test_event_of_a_compatible_newer_schema_is_handled(publishing: Publishing) -> None:
    stream = publishing.stream
    newer = replace(
        stream, schema=stream.schema.replace("amount = 3;", "amount = 3;\n  string note = 9;")
    )
    [*_, version] = await registration.register_schemas([newer], publishing.registry)
    created = order_created()
    wrapped = stream.wrap(created, key=created.order_id, occurred_at=datetime.now(UTC))
    envelope = OrderEvent.FromString(wrapped.payload)
    envelope.order_created.MergeFromString(b"\x4a\x02hi")  # field 9, `note`
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(stream))
    async with running(consumer):
        assert version.schema_id
        value = wire.frame(version.schema_id) + envelope.SerializeToString()
        await produce(publishing.kafka, stream.topic, value)
        await recorder.wait_for(1)
    assert recorder.order_ids == [created.order_id]
    assert version.version == 2


async def test_inbox_purge_deletes_rows_older_than_the_topic_retention(
    publishing: Publishing,
) -> None:
    purge = inbox.inbox_purge([publishing.stream])
    kept = datetime.now(UTC) - purge.retention
    async with publishing.pool.connection() as connection:
        rows = AsyncQuerier(connection)
        ids = [uuid4() for _ in range(10)]
        for index, event_id in enumerate(ids):
            at = kept + timedelta(minutes=1 if index > 6 else -1)
            await rows.add_to_inbox(event_ids=[event_id], topics=["t"], received_at=at)
        deleted = [(await purge.delete(connection, OLDEST, kept, 4)).rows for _ in range(3)]
        left = await (await connection.execute("SELECT event_id FROM inbox")).fetchall()
    assert deleted == [4, 3, 0]
    assert {row[0] for row in left} == set(ids[7:])
    assert purge.retention == publishing.stream.retention + timedelta(days=1)


async def publish_and_fail(publishing: Publishing) -> None:
    async with publishing.database.write() as tx:
        event = order_created()
        publishing.stream.publish(tx, event, key="k")
        raise ZeroDivisionError


async def test_batch_is_bounded_in_bytes_but_has_at_least_one_event(publishing: Publishing) -> None:
    key = str(uuid4())
    await publishing.publish(*(order_created(key, number, "x" * 1000) for number in range(1, 8)))
    buckets = list(range(publishing.stream.partitions))
    read = {}
    for size in (1, 3000, 100_000):
        async with publishing.pool.connection() as connection:
            read[size] = await OutboxQueries(connection).delete_and_read_outbox(
                DeleteAndReadOutboxParams(
                    published_buckets=[],
                    published_ids=[],
                    buckets=buckets,
                    after=[0] * len(buckets),
                    rows_per_bucket=5,
                    bytes_per_bucket=size,
                )
            )
    amounts = {
        size: [OrderEvent.FromString(row.value[6:]).order_created.amount for row in rows]
        for size, rows in read.items()
    }
    assert amounts == {1: [1], 3000: [1, 2, 3], 100_000: [1, 2, 3, 4, 5]}
