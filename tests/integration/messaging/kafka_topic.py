"""A topic as other Kafka clients use it: its records, and the bound of their size."""

import asyncio

from confluent_kafka import KafkaException, Message, Producer
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public, but not marked so
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from tests.topics import committed_records
from transactional_events.kafka import KafkaSettings

SECONDS_MAX = 60.0


async def records(kafka: KafkaSettings, topic: str) -> list[Message]:
    """Returns every committed record of a topic, ordered by partition and offset."""
    async with asyncio.timeout(SECONDS_MAX):
        while True:
            try:
                return await asyncio.to_thread(_records, kafka, topic)
            except KafkaException:
                # A broker that was restarted becomes the leader of its partitions one after the other.
                await asyncio.sleep(0.1)


def _records(kafka: KafkaSettings, topic: str) -> list[Message]:
    found = committed_records(kafka, topic)
    return sorted(found, key=lambda record: (record.partition() or 0, record.offset() or 0))


async def has_records(kafka: KafkaSettings, topic: str, count: int) -> bool:
    return len(await records(kafka, topic)) == count


async def produce(
    kafka: KafkaSettings, topic: str, value: bytes | None, key: bytes = b"key", **headers: bytes
) -> None:
    """Produces a record without the outbox, as any Kafka client can."""

    def send() -> None:
        settings = {"bootstrap.servers": kafka.bootstrap_servers, "message.max.bytes": 8_000_000}
        producer = Producer(settings)
        producer.produce(topic, value, key, headers=list(headers.items()))
        assert producer.flush(10) == 0

    await asyncio.to_thread(send)


async def allow(kafka: KafkaSettings, topic: str, size: int) -> None:
    """Sets the largest record that a topic accepts, in bytes."""
    resource = ConfigResource(
        ResourceType.TOPIC,
        topic,
        incremental_configs=[
            ConfigEntry("max.message.bytes", str(size), incremental_operation=AlterConfigOpType.SET)
        ],
    )
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    done = admin.incremental_alter_configs([resource])[resource]
    await asyncio.wrap_future(done)
