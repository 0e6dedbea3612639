"""An event that comes again, as after a restore and a rewind of the topic, moves no money."""

import signal
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
from tests.faults.fault import fault
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


def event_of(record: Message) -> OrderEvent:
    return OrderEvent.FromString(bytes(unframe(record.value())[1]))


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


@pytest.mark.parametrize("how", ["another event id", "a rewind without the inbox"])
@pytest.mark.parametrize("repeated", ["OrderCreated", "OrderCanceled"])
def test_redelivered_events_of_a_canceled_order_move_no_money(
    system: Running, shop: ShopClient, user: str, how: str, repeated: str
) -> None:
    shop.account(user, 1000)
    with fault(system, "payments", signal.SIGSTOP):
        order_id = shop.order(user, 100)["id"]
        canceled = shop.cancel(order_id).raise_for_status().json()
    log = shop.refunded(user, order_id)
    orders = Topic(system, ORDER_EVENTS.topic)
    records = orders.records(order_id)
    events = {event_of(record).event_type: record for record in records}
    record = events[repeated]
    event = event_of(record)
    url = system.endpoints.owner_database_url("payments")
    if how == "another event id":
        event.event_id = str(uuid4())
    else:
        with psycopg.connect(url) as connection:
            connection.execute("DELETE FROM inbox WHERE event_id = %s", (event.event_id,))

    orders.repeat(
        record, frame(unframe(record.value())[0]) + event.SerializeToString(), event.event_id
    )

    wait_until_handled(url, event.event_id)
    assert shop.transactions(user) == log
    assert shop.ended(order_id) == canceled
    for outcome in Topic(system, PAYMENT_EVENTS.topic).records(order_id):
        wait_until_handled(system.endpoints.database_url("orders"), header(outcome, ID))
    for stream in (ORDER_EVENTS, PAYMENT_EVENTS):
        assert Topic(system, stream.dead_letter_topic).records(order_id) == []


def test_order_of_a_dead_letter_that_is_replayed_after_its_cancellation_is_not_debited(
    system: Running, shop: ShopClient, user: str
) -> None:
    """Payments handles the cancellation of an order that it has never handled."""
    shop.account(user, 1000)
    with fault(system, "payments", signal.SIGSTOP):
        order_id = shop.order(user, 100)["id"]
        shop.cancel(order_id).raise_for_status()
    shop.refunded(user, order_id)
    orders = Topic(system, ORDER_EVENTS.topic)
    created, canceled = orders.records(order_id)
    url = system.endpoints.owner_database_url("payments")
    never_handled, schema_id = str(uuid4()), unframe(created.value())[0]
    with psycopg.connect(system.endpoints.database_url("orders")) as connection:
        connection.execute(
            "INSERT INTO orders SELECT %s, user_id, amount, description, status, cancel_reason,"
            " created_at, updated_at FROM orders WHERE id = %s",
            (never_handled, order_id),
        )
    for record, event_type in ((canceled, "order_canceled"), (created, "order_created")):
        event = event_of(record)
        getattr(event, event_type).order_id = never_handled
        event.event_id = str(uuid4())
        orders.repeat(record, frame(schema_id) + event.SerializeToString(), event.event_id)
        wait_until_handled(url, event.event_id)
    [failed] = outcomes(Topic(system, PAYMENT_EVENTS.topic), never_handled, 1)
    assert failed.payment_failed.reason == "CANCELED_BY_USER"
    wait_until_handled(system.endpoints.database_url("orders"), failed.event_id)
    assert shop.balance(user) == 1000
    log = shop.transactions(user)
    assert never_handled not in {entry.get("reference_order_id") for entry in log}
    for stream in (ORDER_EVENTS, PAYMENT_EVENTS):
        assert Topic(system, stream.dead_letter_topic).records(never_handled) == []


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
