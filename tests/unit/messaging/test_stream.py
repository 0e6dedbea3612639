"""An event on its way into the outbox."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import structlog
from confluent_kafka import murmur2

from runtime.messaging.causes import handling
from runtime.messaging.event_json import event_json
from runtime.messaging.stream import InvalidEventError
from runtime.messaging.wire import frame
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderCreated, OrderEvent
from tests.unit.messaging.orders import KEY, created

NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)


def test_the_envelope_says_what_when_and_which() -> None:
    event = ORDER_EVENTS.wrap(created(), key=KEY, occurred_at=NOW)
    envelope = OrderEvent.FromString(event.payload)

    assert envelope.event_id == str(event.event_id)
    assert envelope.event_type == "OrderCreated"
    assert envelope.occurred_at.ToDatetime(UTC) == NOW
    assert envelope.order_created == created()
    assert event.event_type == "shop.orders.events.v1.OrderCreated"
    assert event.bucket == murmur2(KEY.encode(), 12)


def test_the_bucket_is_the_partition_that_javas_clients_choose() -> None:
    # From org.apache.kafka.common.utils.UtilsTest: murmur2("21") is -973932308.
    assert murmur2(b"21", 2**31 - 1) == (-973932308 & 0x7FFFFFFF) % (2**31 - 1)


def test_an_event_that_breaks_its_contract_is_not_published() -> None:
    wrong = OrderCreated(order_id=KEY, user_id="me", amount=0)
    with pytest.raises(InvalidEventError) as refused:
        ORDER_EVENTS.wrap(wrong, key=KEY, occurred_at=NOW)
    assert "order_created.user_id: " in str(refused.value)
    assert "order_created.amount: " in str(refused.value)


def test_an_event_that_no_broker_would_take_is_not_published() -> None:
    with pytest.raises(InvalidEventError, match="takes more than 1000000 bytes"):
        ORDER_EVENTS.wrap(created(description="x" * 1_000_000), key=KEY, occurred_at=NOW)


def test_an_event_belongs_to_the_request_that_caused_it() -> None:
    other = str(uuid4())
    with structlog.contextvars.bound_contextvars(request_id="now"), handling({KEY: "before"}):
        of_event = ORDER_EVENTS.wrap(created(), key=KEY, occurred_at=NOW)
        of_request = ORDER_EVENTS.wrap(created(), key=other, occurred_at=NOW)
    of_nobody = ORDER_EVENTS.wrap(created(), key=KEY, occurred_at=NOW)
    ids = [each.request_id for each in (of_event, of_request, of_nobody)]
    assert ids == ["before", "now", ""]


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
