"""Several consumers of one group handle each event once, even if one of them is killed or frozen."""

import asyncio
import signal
from collections import Counter

import pytest

from embedded_stack.testing import Running
from tests.integration.messaging.harness import (
    Publishing,
    Recorder,
    consuming,
    eventually,
    order_created,
    running,
)
from tests.integration.messaging.kafka_topic import records
from tests.integration.messaging.processes import process
from transactional_events.kafka import KafkaSettings

pytestmark = pytest.mark.anyio

EVENTS = 400


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_killed_or_frozen_consumer_is_replaced(
    publishing: Publishing, infrastructure: Running, number: signal.Signals
) -> None:
    async with publishing.pool.connection() as connection:
        await connection.execute("CREATE TABLE effects (order_id uuid NOT NULL)")
    events = [order_created() for _ in range(EVENTS)]

    async def all_happened() -> bool:
        return (await effects(publishing)).keys() == {event.order_id for event in events}

    async with (
        process("consumer_process", publishing, infrastructure) as first,
        process("consumer_process", publishing, infrastructure),
        running(publishing.relay.run),
    ):
        for event in events[: EVENTS // 2]:
            await publishing.publish(event)
        first.send_signal(number)
        for event in events[EVENTS // 2 :]:
            await publishing.publish(event)
        await eventually(all_happened)
        if number is signal.SIGSTOP:
            first.send_signal(signal.SIGCONT)
            events.append(order_created())
            await publishing.publish(events[-1])
            await eventually(all_happened)
    assert set((await effects(publishing)).values()) == {1}
    assert await records(publishing.kafka, publishing.stream.dead_letter_topic) == []


async def test_consumers_share_partitions_and_handle_each_event_once(
    publishing: Publishing, infrastructure: Running
) -> None:
    async with publishing.pool.connection() as connection:
        await connection.execute("CREATE TABLE effects (order_id uuid NOT NULL)")
    async with (
        process("consumer_process", publishing, infrastructure),
        process("consumer_process", publishing, infrastructure),
        process("consumer_process", publishing, infrastructure),
        running(publishing.relay.run),
    ):
        await asyncio.gather(*(publishing.publish(order_created()) for _ in range(EVENTS)))

        async def all_happened() -> bool:
            return (await effects(publishing)).total() == EVENTS

        await eventually(all_happened)
    assert set((await effects(publishing)).values()) == {1}


async def test_consumer_works_with_the_classic_group_protocol(publishing: Publishing) -> None:
    properties = {"group.protocol": "classic", "session.timeout.ms": "6000"}
    publishing.kafka = KafkaSettings.model_validate(
        {"bootstrap_servers": publishing.kafka.bootstrap_servers, "properties": properties}
    )
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    async with running(publishing.relay.run, consumer):
        await publishing.publish(order_created())
        await recorder.wait_for(1)
    assert len(recorder.order_ids) == 1


async def effects(publishing: Publishing) -> Counter[str]:
    async with publishing.pool.connection() as connection:
        rows = await (await connection.execute("SELECT order_id::text FROM effects")).fetchall()
    return Counter(row[0] for row in rows)
