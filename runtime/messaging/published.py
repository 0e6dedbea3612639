"""Which events a topic has already: what the relay before may have sent without living to note it."""

from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from runtime.messaging.headers import ID, header
from runtime.messaging.settings import KafkaSettings, client_properties

TIMEOUT_SECONDS = 10.0
READ_MAX = 500
"""Records that one call returns."""


def newest_event_ids(
    settings: KafkaSettings, partitions: Iterable[tuple[str, int]], count: int
) -> set[str]:
    """Returns the ids of the newest events of some topics' partitions, `count` of each. Blocks.

    Raises:
        KafkaException: the broker doesn't answer in time.
    """
    consumer = Consumer(
        client_properties(settings)
        | {"group.id": "none", "enable.auto.commit": False, "enable.partition.eof": True}
    )
    try:
        places = [_start(consumer, TopicPartition(*place), count) for place in partitions]
        consumer.assign(places)
        return _read(consumer, len(places))
    finally:
        consumer.close()


def _start(consumer: Consumer, place: TopicPartition, count: int) -> TopicPartition:
    first, end = consumer.get_watermark_offsets(place, timeout=TIMEOUT_SECONDS)
    return TopicPartition(place.topic, place.partition, max(first, end - count))


def _read(consumer: Consumer, partitions: int) -> set[str]:
    found: set[str] = set()
    while partitions:
        # Ends early at the end of a partition; no record in all that time is trouble.
        records = [consumer.poll(TIMEOUT_SECONDS), *consumer.consume(READ_MAX, 0)]
        for record in records:
            if record is None:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - public by its use
            error = record.error()
            if error is None:
                found.add(header(record, ID))
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - likewise
                partitions -= 1
            else:
                raise KafkaException(error)
    return found
