"""With access control each service has a user of Kafka that may use the topics of its contracts, and nothing else."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public, but not marked so
    AdminClient,
    NewTopic,
)

from embedded_stack._servers.kafka import ADMIN, client_properties
from embedded_stack.servers import KAFKA
from embedded_stack.testing import Running, running
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.payments.events.v1.payment_event_kafka import PAYMENT_EVENTS
from shop.streams_kafka import STREAMS
from tests.shop_topology import TOPOLOGY
from transactional_events.topics import topics_of

SECONDS = 20
OWN = {"orders": ORDER_EVENTS, "payments": PAYMENT_EVENTS}
OTHER = {"orders": PAYMENT_EVENTS, "payments": ORDER_EVENTS}
DENIED = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Running]:
    """A broker with access control, and the topics of the contracts."""
    with running(TOPOLOGY, KAFKA, auth=True) as stack:
        admin = AdminClient(properties(stack, ADMIN))
        topics = [topic for stream in STREAMS for topic in topics_of(stream)]
        new = [NewTopic(topic.name, topic.partitions) for topic in topics]
        for created in admin.create_topics([*new, NewTopic("private", 1)]).values():
            created.result(SECONDS)
        yield stack


def properties(stack: Running, user: str) -> dict[str, Any]:
    servers = stack.endpoints.kafka_bootstrap_servers
    return {**client_properties(servers, user, stack.endpoints.kafka_passwords[user])}


def write(stack: Running, user: str, topic: str) -> int:
    """Publishes a record as a relay does, and returns the error's code; 0 for none."""
    own = {"enable.idempotence": "true", "acks": "all", "message.timeout.ms": "15000"}
    codes: list[int] = []
    producer = Producer(properties(stack, user) | own)
    producer.produce(
        topic, b"", on_delivery=lambda error, _: codes.append(error.code() if error else 0)
    )
    try:
        producer.flush(SECONDS)
    except KafkaException as error:  # a fatal error: the user may not write to any topic
        return int(error.args[0].code())
    return codes[0]


def read(stack: Running, user: str, topic: str, group: str) -> int:
    """Reads a topic as a member of a group, and returns the error's code; 0 for none."""
    consumer = Consumer(
        properties(stack, user)
        | {"group.id": group, "group.protocol": "consumer", "auto.offset.reset": "earliest"}
    )
    try:
        consumer.subscribe([topic])
        record = consumer.poll(SECONDS)
        assert record is not None, f"{user} gets neither a record of {topic} nor an error"
        error = record.error()
        if error is None:
            consumer.commit(message=record, asynchronous=False)
        return error.code() if error else 0
    finally:
        consumer.close()


@pytest.mark.parametrize("service", OWN)
def test_a_service_writes_its_own_topic_and_reads_the_one_that_it_consumes(
    stack: Running, service: str
) -> None:
    own, other = OWN[service], OTHER[service]
    assert write(stack, service, own.topic) == 0
    assert write(stack, service, other.dead_letter_topic) == 0
    assert write(stack, ADMIN, other.topic) == 0
    assert read(stack, service, other.topic, service) == 0


@pytest.mark.parametrize("service", OWN)
def test_a_service_can_not_write_another_topic(stack: Running, service: str) -> None:
    own, other = OWN[service], OTHER[service]
    for topic in (other.topic, own.dead_letter_topic, "private"):
        assert write(stack, service, topic) in DENIED, topic


@pytest.mark.parametrize("service", OWN)
def test_a_service_can_not_read_another_topic_or_as_another_group(
    stack: Running, service: str
) -> None:
    own, other = OWN[service], OTHER[service]
    assert write(stack, ADMIN, own.topic) == 0
    for topic, group in ((own.topic, service), ("private", service), (other.topic, str(uuid4()))):
        assert read(stack, service, topic, group) in DENIED | {KafkaError.UNKNOWN_TOPIC_OR_PART}


@pytest.mark.parametrize("user", [*OWN, "register"])
def test_no_user_but_the_administrator_changes_topics_or_acls(stack: Running, user: str) -> None:
    admin = AdminClient(properties(stack, user))
    create = admin.create_topics([NewTopic("another", 1)])["another"]
    delete = admin.delete_topics([ORDER_EVENTS.topic])[ORDER_EVENTS.topic]
    for denied in (create, delete):
        with pytest.raises(KafkaException) as error:
            denied.result(SECONDS)
        assert error.value.args[0].code() in DENIED


def test_the_step_that_registers_topics_writes_and_reads_none(stack: Running) -> None:
    assert write(stack, "register", ORDER_EVENTS.topic) in DENIED
    assert read(stack, "register", ORDER_EVENTS.topic, "register") in DENIED


def test_a_client_without_the_right_password_is_rejected(stack: Running) -> None:
    servers = stack.endpoints.kafka_bootstrap_servers
    other = stack.endpoints.kafka_passwords["payments"]
    for login in (
        client_properties(servers, "orders", other),
        client_properties(servers, "", None),
    ):
        with pytest.raises(KafkaException):
            AdminClient({**login, "log_level": 0}).list_topics(timeout=3)
