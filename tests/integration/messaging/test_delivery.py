"""From a transaction to a handler, through everything in between."""

import json
from typing import Any

import httpx
import pytest
import structlog

from runtime.database import Pool
from runtime.messaging.registry import SchemaRegistry
from runtime.messaging.settings import KafkaSettings
from runtime.messaging.stream import Stream
from runtime.transaction import Transaction
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
    publishing_of,
    records,
    running,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def publishing(
    orders: Stream, pool: Pool, kafka: KafkaSettings, registry: SchemaRegistry, database_url: str
) -> Publishing:
    return await publishing_of(
        orders, pool=pool, kafka=kafka, registry=registry, database_url=database_url
    )


async def test_a_committed_event_is_handled_once(
    publishing: Publishing, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    recorder = Recorder()
    subscription = recorder.subscription(publishing.stream)
    consumer = await consuming(subscription, publishing.database, kafka, registry)
    created = order_created(amount=2**53 - 1, description="two 🥐")
    async with running(publishing.relay.run, consumer):
        await publishing.publish(created)
        await recorder.wait_for(1)
        await eventually(lambda: empty(publishing))
    assert recorder.runs == [[created]]


async def test_an_event_of_a_transaction_that_fails_is_never_seen(
    publishing: Publishing, kafka: KafkaSettings
) -> None:
    async with running(publishing.relay.run):
        with pytest.raises(ZeroDivisionError):
            async with publishing.database.write() as tx:
                event = order_created()
                tx.outgoing.append(publishing.stream.wrap(event, key="k", occurred_at=tx.now))
                raise ZeroDivisionError
        await publishing.publish(order_created())
        await eventually(lambda: empty(publishing))
    assert len(await records(kafka, publishing.stream.topic)) == 1


async def test_any_client_can_read_a_record(
    publishing: Publishing, kafka: KafkaSettings, registry: SchemaRegistry, infrastructure: Any
) -> None:
    created = order_created()
    async with running(publishing.relay.run):
        with structlog.contextvars.bound_contextvars(request_id="r-1"):
            await publishing.publish(created)
        await eventually(lambda: empty(publishing))
    [record] = await records(kafka, publishing.stream.topic)
    value = record.value() or b""
    schema_id = int.from_bytes(value[1:5])
    url = f"{infrastructure.endpoints.schema_registry_url}/schemas/ids/{schema_id}"
    event = OrderEvent.FromString(value[6:])
    headers = dict(record.headers() or ())

    assert value[:1] + value[5:6] == b"\0\0"
    assert json.loads(httpx.get(url).text)["schema"] == publishing.stream.schema
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


async def test_an_answer_is_published_for_the_same_request(
    orders: Stream,
    payments: Stream,
    pool: Pool,
    kafka: KafkaSettings,
    registry: SchemaRegistry,
    database_url: str,
) -> None:
    async def pay(tx: Transaction[Db], event: OrderCreated) -> None:
        paid = PaymentSucceeded(order_id=event.order_id, user_id=event.user_id)
        tx.outgoing.append(payments.wrap(paid, key=event.order_id, occurred_at=tx.now))

    publishing = await publishing_of(
        orders, payments, pool=pool, kafka=kafka, registry=registry, database_url=database_url
    )
    recorder = Recorder(pay)
    subscription = recorder.subscription(publishing.stream)
    consumer = await consuming(subscription, publishing.database, kafka, registry)
    async with running(publishing.relay.run, consumer):
        for request in ("r-1", "r-2"):
            with structlog.contextvars.bound_contextvars(request_id=request):
                await publishing.publish(order_created())
        await recorder.wait_for(2)
        await eventually(lambda: empty(publishing))
    caused = {
        record.key(): dict(record.headers() or ())["x-request-id"]
        for stream in (publishing.stream, payments)
        for record in await records(kafka, stream.topic)
    }
    assert len(await records(kafka, payments.topic)) == 2
    assert sorted(caused.values()) == [b"r-1", b"r-2"]
