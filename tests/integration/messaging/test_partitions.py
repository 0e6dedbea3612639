"""A topic with more partitions than its contract: the error names the remedy, which loses no event."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions

from tests.integration.messaging.harness import (
    Publishing,
    Recorder,
    consuming,
    empty,
    eventually,
    order_created,
    running,
)
from transactional_events.kafka import KafkaSettings
from transactional_events.process import outbox_for
from transactional_events.streams import Stream
from transactional_events.topics import TopicError, Topics

pytestmark = pytest.mark.anyio
MORE = 15


async def raise_partitions(kafka: KafkaSettings, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    await asyncio.wrap_future(admin.create_partitions([NewPartitions(topic, MORE)])[topic])


async def test_contract_with_the_raised_partition_count_loses_no_event(
    publishing: Publishing, publishing_of: Callable[..., Awaitable[Publishing]]
) -> None:
    stream, kafka = publishing.stream, publishing.kafka
    before = [order_created() for _ in range(30)]
    await publishing.publish(*before)
    await raise_partitions(kafka, stream.topic)

    async def is_raised() -> bool:
        return (await Topics(kafka).partitions())[stream.topic] == MORE

    await eventually(is_raised)
    advice = f"{MORE} partitions, and .* 12: .* change the contract to {MORE} partitions"
    with pytest.raises(TopicError, match=advice):
        await outbox_for([stream], kafka, publishing.registry)
    changed = await publishing_of(replace(stream, partitions=MORE))
    after = [order_created() for _ in range(30)]
    await changed.publish(*after)
    assert await changed.waiting() == 60
    recorder = Recorder()
    consumer = await consuming(changed, recorder.subscription(changed.stream))
    async with running(changed.relay.run, consumer):
        await recorder.wait_for(60)
        await eventually(lambda: empty(changed))
    assert sorted(recorder.order_ids) == sorted(event.order_id for event in before + after)


async def test_dead_letter_topic_may_have_more_partitions(
    orders: Stream, kafka: KafkaSettings, publishing: Publishing
) -> None:
    await raise_partitions(kafka, orders.dead_letter_topic)
    outbox = await outbox_for([orders], kafka, publishing.registry)
    assert outbox.schema_ids.keys() == {orders.topic}
