"""An event on its way into the outbox."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import murmur2
from psycopg import AsyncConnection
from psycopg.pq import PGconn

from transactional_events.dead_letters._event_json import event_json
from transactional_events.registry import frame
from transactional_events.streams import InvalidEventError, OutgoingEvents
from transactional_events_tests.unit.orders import (
    KEY,
    ORDER_EVENTS,
    OrderCreated,
    OrderEvent,
    created,
)
from transactional_grpc.database import Transaction

NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)


def transaction(correlation_id: str = "") -> Transaction[None]:
    unconnected: AsyncConnection[Any] = AsyncConnection(PGconn())
    return Transaction(None, unconnected, NOW, correlation_id)


def test_the_envelope_has_id_type_and_time_of_the_event() -> None:
    event = ORDER_EVENTS.wrap(created(), key=KEY, occurred_at=NOW)
    envelope = OrderEvent.FromString(event.payload)

    assert envelope.event_id == str(event.event_id)
    assert envelope.event_type == "OrderCreated"
    assert envelope.occurred_at.ToDatetime(UTC) == NOW
    assert envelope.order_created == created()
    assert event.event_type == "acme.orders.events.v1.OrderCreated"
    assert event.bucket == murmur2(KEY.encode(), 12)


def test_the_bucket_is_the_partition_that_javas_clients_choose() -> None:
    # From org.apache.kafka.common.utils.UtilsTest: murmur2("21") is -973932308.
    assert murmur2(b"21", 2**31 - 1) == (-973932308 & 0x7FFFFFFF) % (2**31 - 1)


def test_an_event_that_breaks_its_contract_is_not_published() -> None:
    wrong = OrderCreated(order_id=KEY, user_id="me", amount=0)
    with pytest.raises(InvalidEventError) as rejected:
        ORDER_EVENTS.wrap(wrong, key=KEY, occurred_at=NOW)
    assert "order_created.user_id: " in str(rejected.value)
    assert "order_created.amount: " in str(rejected.value)


def test_an_event_that_no_broker_would_take_is_not_published() -> None:
    with pytest.raises(InvalidEventError, match="takes more than 1000000 bytes"):
        ORDER_EVENTS.wrap(created(description="x" * 1_000_000), key=KEY, occurred_at=NOW)


def test_an_event_belongs_to_the_request_that_caused_it() -> None:
    serving = transaction(correlation_id="now")
    outgoing = serving.extension(OutgoingEvents)
    outgoing.correlation_ids = {KEY: "before"}
    ORDER_EVENTS.publish(serving, created(), key=KEY)
    ORDER_EVENTS.publish(serving, created(), key=str(uuid4()))
    alone = transaction()
    ORDER_EVENTS.publish(alone, created(), key=KEY)
    events = [*outgoing.events, *alone.extension(OutgoingEvents).events]
    assert [event.request_id for event in events] == ["before", "now", ""]


def test_an_event_is_shown_as_people_know_it() -> None:
    event = ORDER_EVENTS.wrap(created(), key=KEY, occurred_at=NOW)
    assert event_json(ORDER_EVENTS, frame(1) + event.payload) == (
        "{\n"
        f'  "event_id": "{event.event_id}",\n'
        '  "event_type": "OrderCreated",\n'
        '  "occurred_at": "2026-11-22T12:30:15.123456Z",\n'
        '  "data": {\n'
        f'    "order_id": "{KEY}",\n'
        f'    "user_id": "{KEY}",\n'
        '    "amount": 5,\n'
        '    "description": "é"\n'
        "  }\n"
        "}"
    )
