"""Outages of the broker, the registry and handlers delay events; no event is lost or handled twice."""

import asyncio
import time
from functools import partial
from typing import Any

import pytest
from confluent_kafka import Producer
from structlog.testing import capture_logs
from structlog.typing import EventDict

from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_pb2 import OrderCreated
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
from transactional_events.inbox import _inbox_consumer as inbox_consumer
from transactional_events.kafka import BatchConsumer
from transactional_events.kafka import _publisher as publisher
from transactional_grpc.database import Transaction

pytestmark = pytest.mark.anyio


async def test_broker_outage_delays_events_and_loses_none(
    publishing: Publishing, infrastructure: Running
) -> None:
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    events = [order_created(amount=amount) for amount in range(1, 101)]
    async with running(publishing.relay.run, consumer):
        await publishing.publish(events[0])
        await recorder.wait_for(1)
        await asyncio.to_thread(infrastructure.stop, "kafka")
        for event in events[1:]:
            await publishing.publish(event)
        assert await publishing.waiting() == 99
        await asyncio.to_thread(infrastructure.restart, "kafka")
        await recorder.wait_for(100)
        await eventually(lambda: empty(publishing))
    assert sorted(recorder.order_ids) == sorted(event.order_id for event in events)
    assert len(await records(publishing.kafka, publishing.stream.topic)) == 100


class FastClock(Producer):
    """A producer on a machine whose clock is two hours fast; brokers accept one hour by default."""

    def produce(self, *args: Any, **kwargs: Any) -> None:
        kwargs["timestamp"] = int((time.time() + 7200) * 1000)
        super().produce(*args, **kwargs)


async def test_events_with_timestamps_that_the_broker_rejects_are_delayed(
    publishing: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publishing.publish(*(order_created() for _ in range(10)))
    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(publisher, "Producer", FastClock)
        async with running(publishing.relay.run):
            await eventually(partial(was_logged, logs, "no events are published now"))
    assert await publishing.waiting() == 10
    async with running(publishing.relay.run):
        await eventually(lambda: empty(publishing))
    assert len(await records(publishing.kafka, publishing.stream.topic)) == 10


async def was_logged(logs: list[EventDict], event: str) -> bool:
    return event in {line["event"] for line in logs}


async def test_events_are_delivered_during_a_registry_outage(
    publishing: Publishing, infrastructure: Running
) -> None:
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    async with running(publishing.relay.run, consumer):
        await asyncio.to_thread(infrastructure.stop, "registry")
        try:
            await publishing.publish(order_created())
            await recorder.wait_for(1)
        finally:
            await asyncio.to_thread(infrastructure.restart, "registry")


async def test_transient_error_in_a_handler_is_retried_without_a_dead_letter(
    publishing: Publishing,
) -> None:
    attempts = 0

    async def handle(tx: Transaction[Db], event: OrderCreated) -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 4:
            await tx.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    recorder = Recorder(handle)
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    async with running(publishing.relay.run, consumer):
        await publishing.publish(order_created())
        await recorder.wait_for(1)
    assert attempts == 4
    assert await records(publishing.kafka, publishing.stream.dead_letter_topic) == []


async def test_consumer_with_a_slow_batch_stays_in_its_group(
    publishing: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The consumer polls while a handler works: the group would expel a member that doesn't poll."""
    pauses = asyncio.Semaphore(0)
    pause = BatchConsumer.pause

    async def counted_pause(consumer: BatchConsumer) -> None:
        await pause(consumer)
        pauses.release()

    async def handle(tx: Transaction[Db], event: OrderCreated) -> None:
        if event.amount == 1:
            for _ in range(3):
                await pauses.acquire()

    monkeypatch.setattr(inbox_consumer, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(BatchConsumer, "pause", counted_pause)
    recorder = Recorder(handle)
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    async with running(publishing.relay.run, consumer):
        await publishing.publish(order_created(amount=1))
        await eventually(lambda: empty(publishing))
        await publishing.publish(*(order_created(amount=2) for _ in range(24)))
        await recorder.wait_for(25)
    assert len(recorder.order_ids) == 25
