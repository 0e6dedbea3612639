"""A partition that a consumer loses while it is paused, and gets back later, is fetched again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from tests.integration.messaging.harness import eventually
from transactional_events.kafka import BatchConsumer, KafkaSettings
from transactional_events.streams import Stream

pytestmark = pytest.mark.anyio


class Member:
    """A member of a consumer group that records the partitions of the records that it receives."""

    def __init__(self, kafka: KafkaSettings, group: str, topic: str) -> None:
        self.consumer = BatchConsumer(kafka, group, [topic], on_ready=lambda: None)
        self.received: set[int] = set()

    async def receives(self, partitions: set[int]) -> bool:
        """Polls once, and returns whether all of these partitions have had a record."""
        self.received |= {record.partition() or 0 for record in await self.consumer.batch()}
        return partitions <= self.received


@asynccontextmanager
async def member_of(kafka: KafkaSettings, group: str, topic: str) -> AsyncIterator[Member]:
    member = Member(kafka, group, topic)
    await member.consumer.subscribe()
    try:
        yield member
    finally:
        await member.consumer.close()


async def test_partition_that_was_revoked_while_paused_is_fetched_when_it_returns(
    orders: Stream, kafka: KafkaSettings
) -> None:
    group, everything = f"test.{uuid4().hex}", set(range(orders.partitions))

    def send() -> None:
        producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
        for partition in everything:
            producer.produce(orders.topic, b"any", partition=partition)
        assert producer.flush(10) == 0

    send()
    async with member_of(kafka, group, orders.topic) as first:
        await eventually(lambda: first.receives(everything))
        async with member_of(kafka, group, orders.topic) as second:

            async def second_receives_some() -> bool:
                await first.consumer.pause()
                return await second.receives(set()) and bool(second.received)

            await eventually(second_receives_some)
            await first.consumer.resume()
        first.received.clear()
        send()
        await eventually(lambda: first.receives(everything))
