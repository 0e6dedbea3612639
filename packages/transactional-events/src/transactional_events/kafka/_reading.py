"""Reads the newest records of topics, without a consumer group."""

from collections.abc import Iterator, Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as Record

from transactional_events.kafka._client_log import client_log
from transactional_events.kafka._settings import KafkaSettings, client_properties

TIMEOUT_SECONDS = 10.0
READ_MAX = 500
"""Records that one call returns."""


def newest_records(
    settings: KafkaSettings, places: Sequence[TopicPartition], count: int
) -> Iterator[Record]:
    """Yields the records at the newest `count` offsets of some partitions. Blocks.

    Markers at the ends of transactions have offsets too; aborted records are left out.

    Raises:
        KafkaException: the broker doesn't respond in time.
    """
    consumer = Consumer(
        client_properties(settings)
        | {
            "group.id": "none",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            # Records of aborted transactions are skipped.
            "isolation.level": "read_committed",
        },
        logger=client_log("consumer"),
    )
    try:
        consumer.assign([_start(consumer, place, count) for place in places])
        yield from _read(consumer, {(place.topic, place.partition) for place in places})
    finally:
        consumer.close()


def _start(consumer: Consumer, place: TopicPartition, count: int) -> TopicPartition:
    first, end = consumer.get_watermark_offsets(place, timeout=TIMEOUT_SECONDS)
    return TopicPartition(place.topic, place.partition, max(first, end - count))


def _read(consumer: Consumer, unfinished: set[tuple[str, int]]) -> Iterator[Record]:
    while unfinished:
        # The end of a partition comes as an error; None means that the broker sent nothing in time.
        for record in (consumer.poll(TIMEOUT_SECONDS), *consumer.consume(READ_MAX, 0)):
            if record is None:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - librdkafka's own
            error = record.error()
            if error is None:
                yield record
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - likewise
                unfinished.discard((str(record.topic()), record.partition() or 0))
            else:
                raise KafkaException(error)
