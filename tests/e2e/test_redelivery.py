"""An event that comes again, as after a restore and a rewind of the topic, moves no money."""

from uuid import uuid4

import psycopg
import pytest
import stamina
from confluent_kafka import Message, Producer

from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderEvent
from shop.payments.events.v1.payment_event_kafka import PAYMENT_EVENTS
from shop.payments.events.v1.payment_event_pb2 import PaymentEvent, PaymentSucceeded
from tests.shop_client import NotYetError, ShopClient
from tests.topics import committed_records
from transactional_events.dead_letters._dead_letters import REASON
from transactional_events.kafka import ID, KafkaSettings, header
from transactional_events.registry import frame, unframe

SECONDS_MAX = 20.0


class Topic:
    """What a test reads from a topic and puts into it."""

    def __init__(self, system: Running, name: str) -> None:
        self._kafka = KafkaSettings(bootstrap_servers=system.endpoints.kafka_bootstrap_servers)
        self._name = name

    def records(self, key: str) -> list[Message]:
        found = committed_records(self._kafka, self._name)
        return [record for record in found if record.key() == key.encode()]

    def repeat(self, record: Message, value: bytes, event_id: str) -> None:
        headers = {**dict(record.headers() or []), ID: event_id.encode()}
        producer = Producer({"bootstrap.servers": self._kafka.bootstrap_servers})
        producer.produce(self._name, value, record.key(), headers=headers)
        assert producer.flush(10) == 0


def wait_until_handled(url: str, event_id: str) -> None:
    for attempt in stamina.retry_context(
        on=NotYetError, attempts=None, timeout=SECONDS_MAX, wait_initial=0.02, wait_max=0.2
    ):
        with attempt, psycopg.connect(url) as connection:
            query = "SELECT 1 FROM inbox WHERE event_id = %s"
            if not connection.execute(query, (event_id,)).fetchone():
                raise NotYetError(f"event {event_id} is not handled after {SECONDS_MAX} s")


def outcomes(topic: Topic, order_id: str, count: int) -> list[PaymentEvent]:
    for attempt in stamina.retry_context(
        on=NotYetError, attempts=None, timeout=SECONDS_MAX, wait_initial=0.05, wait_max=0.2
    ):
        with attempt:
            records = topic.records(order_id)
            if len(records) < count:
                raise NotYetError(f"{len(records)} outcomes of {order_id}")
    return [PaymentEvent.FromString(bytes(unframe(record.value())[1])) for record in records]


@pytest.mark.parametrize("how", ["another event id", "a rewind without the inbox"])
def test_a_redelivered_order_keeps_its_outcome_and_is_not_debited(
    system: Running, shop: ShopClient, user: str, how: str
) -> None:
    order_id = shop.order(user, 100)["id"]
    ended = shop.ended(order_id)
    assert ended["cancel_reason"] == "ACCOUNT_NOT_FOUND"
    shop.account(user, 1000)
    orders, payments = Topic(system, ORDER_EVENTS.topic), Topic(system, PAYMENT_EVENTS.topic)
    [record] = orders.records(order_id)
    schema_id, payload = unframe(record.value())
    event = OrderEvent.FromString(bytes(payload))
    url = system.endpoints.owner_database_url("payments")
    if how == "another event id":
        event.event_id = str(uuid4())
    else:
        with psycopg.connect(url) as connection:
            connection.execute("DELETE FROM inbox WHERE event_id = %s", (event.event_id,))

    orders.repeat(record, frame(schema_id) + event.SerializeToString(), event.event_id)

    wait_until_handled(url, event.event_id)
    first, again = outcomes(payments, order_id, 2)
    assert again.payment_failed == first.payment_failed
    assert first.event_id != again.event_id
    wait_until_handled(system.endpoints.database_url("orders"), again.event_id)
    assert (shop.balance(user), shop.ended(order_id)) == (1000, ended)
    assert Topic(system, PAYMENT_EVENTS.dead_letter_topic).records(order_id) == []


def test_an_outcome_that_contradicts_an_ended_order_is_a_dead_letter(
    system: Running, shop: ShopClient, user: str
) -> None:
    order_id = shop.order(user, 100)["id"]
    ended = shop.ended(order_id)
    payments = Topic(system, PAYMENT_EVENTS.topic)
    [record] = payments.records(order_id)
    schema_id, payload = unframe(record.value())
    event = PaymentEvent.FromString(bytes(payload))
    event.event_id = str(uuid4())
    event.event_type = "PaymentSucceeded"
    event.payment_succeeded.CopyFrom(PaymentSucceeded(order_id=order_id, user_id=user))

    payments.repeat(record, frame(schema_id) + event.SerializeToString(), event.event_id)

    dead = Topic(system, PAYMENT_EVENTS.dead_letter_topic)
    for attempt in stamina.retry_context(on=NotYetError, attempts=None, timeout=SECONDS_MAX):
        with attempt:
            letters = dead.records(order_id)
            if not letters:
                raise NotYetError(f"no dead letter of {order_id}")
    reason = header(letters[0], REASON)
    assert reason.startswith(f"order {order_id} is CANCELED ACCOUNT_NOT_FOUND, ")
    # The others are handled, and the order stays as it is.
    shop.ended(shop.order(user, 100)["id"])
    assert shop.ended(order_id) == ended
