"""Everything that a topic holds."""

from collections.abc import Iterator

from confluent_kafka import Message, TopicPartition
from confluent_kafka.admin import AdminClient

from transactional_events.kafka import KafkaSettings, newest_records

LIST_SECONDS_MAX = 30.0
RECORDS_MAX = 10_000_000


def committed_records(kafka: KafkaSettings, topic: str) -> Iterator[Message]:
    """Yields the committed records of a topic, those of a partition in their order. Blocks."""
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    partitions = admin.list_topics(topic, LIST_SECONDS_MAX).topics[topic].partitions
    return newest_records(
        kafka, [TopicPartition(topic, partition) for partition in partitions], RECORDS_MAX
    )
