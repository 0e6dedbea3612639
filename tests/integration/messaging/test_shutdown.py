"""A graceful stop finishes the current batch, and doesn't wait for a broker or database that is away."""

import asyncio
import time

import pytest

from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from tests.integration.messaging import postgres
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
from tests.integration.messaging.kafka_topic import records
from tests.integration.messaging.processes import process
from transactional_grpc.database import Transaction

pytestmark = pytest.mark.anyio

STOP_SECONDS_MAX = 15.0
BATCH_SECONDS = 0.5
"""How long the batch goes on after the stop."""


async def test_service_stops_while_the_broker_is_down(
    publishing: Publishing, infrastructure: Running
) -> None:
    consumer = await consuming(publishing, Recorder().subscription(publishing.stream))
    async with running(publishing.relay.run, consumer):
        await asyncio.to_thread(infrastructure.stop, "kafka")
        await publishing.publish(order_created())
        began = time.monotonic()
    took = time.monotonic() - began
    await asyncio.to_thread(infrastructure.restart, "kafka")
    assert took < STOP_SECONDS_MAX
    assert await publishing.waiting() == 1
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    assert len(await records(publishing.kafka, publishing.stream.topic)) == 1


async def test_relay_stops_while_the_database_does_not_respond(
    publishing: Publishing, infrastructure: Running
) -> None:
    async with process("relay_process", publishing, infrastructure) as relay:
        postgres.freeze(infrastructure)
        try:
            relay.terminate()
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await relay.wait()
        finally:
            postgres.thaw(infrastructure)


async def test_consumer_finishes_its_batch_before_it_stops(publishing: Publishing) -> None:
    entered, leaving = asyncio.Event(), asyncio.Event()

    async def handle(tx: Transaction[Db], event: OrderCreated) -> None:
        entered.set()
        await leaving.wait()

    recorder = Recorder(handle)
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    stop = asyncio.Event()
    async with running(publishing.relay.run):
        consumes = asyncio.create_task(consumer(stop, lambda: None))
        await publishing.publish(order_created())
        await entered.wait()
    stop.set()
    ended, _ = await asyncio.wait((consumes,), timeout=BATCH_SECONDS)
    assert not ended, "the consumer ended while its batch was in work"
    leaving.set()
    async with asyncio.timeout(5):
        await consumes
    assert len(recorder.order_ids) == 1
