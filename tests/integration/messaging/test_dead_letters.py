"""Records that can't be handled become dead letters, and the events after them are handled."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from confluent_kafka import Message

from shop.orders.events.v1.order_event_pb2 import OrderCreated, OrderEvent
from shop.payments.events.v1.payment_event_pb2 import PaymentEvent, PaymentSucceeded
from tests.integration.messaging.harness import (
    Db,
    Publishing,
    Recorder,
    consuming,
    order_created,
    running,
)
from tests.integration.messaging.kafka_topic import allow, produce, records
from transactional_events.inbox import Rejected
from transactional_events.kafka import KafkaSettings
from transactional_events.registry import SchemaRegistry
from transactional_events.registry import _wire as wire
from transactional_events.streams import Stream
from transactional_grpc.database import Transaction
from transactional_grpc.timestamps import timestamp

pytestmark = pytest.mark.anyio

NEXT_SECONDS_MAX = 10.0
"""Far more than an idle machine needs (0.2 s), and far less than endless retries of a record take."""
UNKNOWN_ID = 1_999_999_999


def envelope(created: OrderCreated, **fields: object) -> bytes:
    defaults = {
        "event_id": str(uuid4()),
        "event_type": "OrderCreated",
        "occurred_at": timestamp(datetime.now(UTC)),
        "order_created": created,
    }
    return OrderEvent(**(defaults | fields)).SerializeToString()  # type: ignore[arg-type]


def payment_event() -> bytes:
    paid = PaymentSucceeded(order_id=str(uuid4()), user_id=str(uuid4()))
    event = PaymentEvent(
        event_id=str(uuid4()),
        event_type="PaymentSucceeded",
        occurred_at=timestamp(datetime.now(UTC)),
        payment_succeeded=paid,
    )
    return event.SerializeToString()


Poison = Callable[[int, int], bytes | None]
"""Makes an invalid value from two schema ids: the topic's and another topic's."""

POISON: dict[str, tuple[Poison, str]] = {
    "tombstone": (lambda _, __: None, "no value"),
    "empty": (lambda _, __: b"", "an empty value"),
    "random bytes": (lambda _, __: b"\xde\xad\xbe\xef" * 8, "starts with byte 222"),
    "too short": (lambda _, __: b"\0\0\0", "too few"),
    "wrong magic": (lambda own, _: b"\x01" + framed(own, envelope(order_created()))[1:], "byte 1"),
    "unknown id": (lambda _, __: framed(UNKNOWN_ID, envelope(order_created())), "not registered"),
    "another message index": (
        lambda own, _: framed(own, b"")[:-1] + b"\x02\x02" + envelope(order_created()),
        "not the first message",
    ),
    "another subject's id": (lambda _, other: framed(other, payment_event()), "is not one of"),
    "another message's bytes": (lambda own, _: framed(own, payment_event()), "amount"),
    "not Protobuf": (lambda own, _: framed(own, b"\xff" * 20), "bad Protobuf"),
    "nothing in it": (lambda own, _: framed(own, b""), "event_id"),
    "amount 0": (lambda own, _: framed(own, envelope(order_created(amount=0))), "amount"),
    "amount -1": (lambda own, _: framed(own, envelope(order_created(amount=-1))), "amount"),
    "no order id": (lambda own, _: framed(own, envelope(OrderCreated(amount=1))), "order_id"),
    "another event type": (
        lambda own, _: framed(own, envelope(order_created(), event_type="OrderShipped")),
        "event_type",
    ),
}


def framed(schema_id: int, message: bytes) -> bytes:
    return wire.frame(schema_id) + message


@pytest.mark.parametrize("kind", POISON)
async def test_invalid_record_becomes_a_dead_letter_and_the_next_event_is_handled(
    kind: str,
    publishing: Publishing,
    payments: Stream,
    kafka: KafkaSettings,
    registry: SchemaRegistry,
) -> None:
    make, reason = POISON[kind]
    stream = publishing.stream
    other = await registry.find(payments)
    assert other
    value = make(publishing.outbox.schema_ids[stream.topic], other.schema_id)
    good = order_created()
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(stream))
    async with running(consumer):
        await produce(kafka, stream.topic, value, good.order_id.encode(), trace=b"t-1")
        frame = publishing.outbox.schema_ids[stream.topic]
        await produce(kafka, stream.topic, framed(frame, envelope(good)), good.order_id.encode())
        await recorder.wait_for(1, NEXT_SECONDS_MAX)
    [letter] = await records(kafka, stream.dead_letter_topic)
    assert recorder.runs == [[good]]
    assert (letter.key(), letter.value()) == (good.order_id.encode(), value)
    assert header(letter, "trace") == "t-1"
    assert reason in header(letter, "dead_letter_reason")
    assert header(letter, "dead_letter_offset") == "0"


async def test_record_over_the_size_limit_becomes_a_complete_dead_letter(
    publishing: Publishing, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    stream = publishing.stream
    await allow(kafka, stream.topic, 4_000_000)
    own = publishing.outbox.schema_ids[stream.topic]
    huge = framed(own, envelope(order_created(description="x" * 2_000_000)))
    good = order_created()
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(stream))
    async with running(consumer):
        await produce(kafka, stream.topic, huge)
        await produce(kafka, stream.topic, framed(own, envelope(good)))
        await recorder.wait_for(1)
    [letter] = await records(kafka, stream.dead_letter_topic)
    assert letter.value() == huge
    assert "the limit is 1048576" in header(letter, "dead_letter_reason")


async def test_events_that_a_handler_rejects_are_isolated_from_their_batch(
    publishing: Publishing, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    async def handle(tx: Transaction[Db], event: OrderCreated) -> None:
        if event.amount == 13:
            raise Rejected("thirteen is rejected")
        if event.amount == 14:
            raise ZeroDivisionError("a bug")
        if event.amount == 15:
            await tx.connection.execute("INSERT INTO inbox VALUES (NULL)")

    stream = publishing.stream
    own = publishing.outbox.schema_ids[stream.topic]
    events = [order_created(amount=amount) for amount in range(1, 41)]
    for event in events:
        await produce(kafka, stream.topic, framed(own, envelope(event)))
    recorder = Recorder(handle)
    consumer = await consuming(publishing, recorder.subscription(stream))
    async with running(consumer):
        await recorder.wait_for(37)
    letters = await records(kafka, stream.dead_letter_topic)
    reasons = [header(letter, "dead_letter_reason") for letter in letters]
    handled = await inbox_size(publishing)

    assert handled == 37
    assert {event.order_id for event in events if event.amount not in {13, 14, 15}} <= set(
        recorder.order_ids
    )
    assert reasons[0] == "thirteen is rejected"
    assert reasons[1] == "ZeroDivisionError: a bug"
    assert reasons[2].startswith("NotNullViolation: null value in column")


async def test_event_of_an_unknown_type_is_ignored(
    publishing: Publishing, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    newer = (
        OrderEvent(
            event_id=str(uuid4()),
            event_type="OrderShipped",
            occurred_at=timestamp(datetime.now(UTC)),
        ).SerializeToString()
        + b"\x3a\x03\x0a\x01x"
    )  # field 7 of a newer contract
    stream = publishing.stream
    own = publishing.outbox.schema_ids[stream.topic]
    good = order_created()
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(stream))
    async with running(consumer):
        await produce(kafka, stream.topic, framed(own, newer))
        await produce(kafka, stream.topic, framed(own, envelope(good)))
        await recorder.wait_for(1)
    assert await records(kafka, stream.dead_letter_topic) == []


def header(record: Message, name: str) -> str:
    value = dict(record.headers() or ())[name]
    assert isinstance(value, bytes)
    return value.decode()


async def inbox_size(publishing: Publishing) -> int:
    async with publishing.pool.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM inbox")).fetchone()
    assert row
    return int(row[0])
