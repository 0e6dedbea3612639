"""Publishes records that can't be handled to dead-letter topics, as they came, with the reason."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import structlog
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka import Message as Record

from transactional_events.kafka import OutgoingRecord, Publisher
from transactional_events.streams import Stream

PREFIX = "dead_letter_"
REASON = f"{PREFIX}reason"
CONSUMER = f"{PREFIX}consumer"
PARTITION = f"{PREFIX}partition"
OFFSET = f"{PREFIX}offset"
TIME = f"{PREFIX}time"
SIZE = f"{PREFIX}size"
"""The size of a value that is too large for the dead-letter topic and was left out."""
REASON_LENGTH_MAX = 1000
DEAD_LETTER_PARTITION = 0
"""The partition that `events list` reads, also of a topic that was created with several."""

log = structlog.get_logger()


class DeadLetterProducer:
    """Publishes records to the dead-letter topics of their streams."""

    def __init__(self, publisher: Publisher, consumer: str, streams: Mapping[str, Stream]) -> None:
        self._publisher = publisher
        self._consumer = consumer
        self._streams = streams

    async def send(self, dead: Sequence[tuple[Record, str]]) -> None:
        """Publishes records, each with the reason why it could not be handled.

        Raises:
            KafkaException: the broker rejects them.
        """
        letters = [self._letter(record, reason) for record, reason in dead]
        for letter, error in zip(letters, await self._publisher.publish(letters), strict=True):
            # The broker rejects all records of a request that has one too large, and those behind it are not sent.
            if error:
                await self._send_alone(letter)
        for record, reason in dead:
            log.error(
                "dead letter",
                reason=reason,
                topic=record.topic(),
                partition=record.partition(),
                offset=record.offset(),
            )

    async def _send_alone(self, letter: OutgoingRecord) -> None:
        [error] = await self._publisher.publish([letter])
        if error and error.code() == KafkaError.MSG_SIZE_TOO_LARGE:
            await self._send_headers(letter)
        elif error:
            raise KafkaException(error)

    async def _send_headers(self, letter: OutgoingRecord) -> None:
        size = str(len(letter.value or b"")).encode()
        headers = [*letter.headers, (SIZE, size)]
        rest = OutgoingRecord(letter.topic, letter.partition, letter.key, None, headers)
        for error in await self._publisher.publish([rest]):
            if error:
                raise KafkaException(error)

    def _letter(self, record: Record, reason: str) -> OutgoingRecord:
        added = {
            REASON: reason[:REASON_LENGTH_MAX],
            CONSUMER: self._consumer,
            PARTITION: str(record.partition()),
            OFFSET: str(record.offset()),
            TIME: datetime.now(UTC).isoformat(),
        }
        headers = [*(record.headers() or ()), *((k, v.encode()) for k, v in added.items())]
        topic = self._streams[record.topic()].dead_letter_topic  # type: ignore[index]  # None in errors only
        return OutgoingRecord(topic, DEAD_LETTER_PARTITION, record.key(), record.value(), headers)
