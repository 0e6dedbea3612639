"""The dead letters that are there: to be read and sent again."""

from collections.abc import Sequence
from dataclasses import dataclass

from confluent_kafka import KafkaException, TopicPartition, murmur2
from confluent_kafka import Message as Record

from transactional_events.dead_letters import _dead_letters as dead_letters
from transactional_events.kafka import (
    ANY_PARTITION,
    Headers,
    KafkaSettings,
    OutgoingRecord,
    Publisher,
    header,
    newest_records,
)
from transactional_events.streams import Stream

DEAD_LETTERS_MAX = 10_000
"""The newest letters of a topic; older ones are not listed."""
REPLAYED = f"{dead_letters.PREFIX}replayed"
"""Marks a record that says which letter was sent again."""


class ReplayError(Exception):
    """A letter can't be sent again; the text says why."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be handled."""

    stream: Stream
    record: Record

    @property
    def place(self) -> str:
        """Names the letter: topic/partition/offset."""
        return f"{self.record.topic()}/{self.record.partition()}/{self.record.offset()}"

    @property
    def reason(self) -> str:
        """Why it could not be handled."""
        return header(self.record, dead_letters.REASON)

    @property
    def key(self) -> str:
        """Its key, as text."""
        return (self.record.key() or b"").decode(errors="replace")

    def original(self) -> OutgoingRecord:
        """Returns the record as it was.

        Raises:
            ReplayError: its value was too large to be kept.
        """
        if header(self.record, dead_letters.SIZE):
            raise ReplayError(f"{self.place}: its value was too large to be kept")
        key = self.record.key()
        partition = ANY_PARTITION if key is None else murmur2(key, self.stream.partitions)
        headers = self._original_headers()
        return OutgoingRecord(self.stream.topic, partition, key, self.record.value(), headers)

    def _original_headers(self) -> Headers:
        return [
            (name, value)
            for name, value in dict(self.record.headers() or ()).items()
            if isinstance(value, bytes) and not name.startswith(dead_letters.PREFIX)
        ]


def letters(settings: KafkaSettings, stream: Stream) -> list[DeadLetter]:
    """Returns a stream's dead letters that were not sent again, oldest first. Blocks.

    Raises:
        KafkaException: the broker doesn't answer.
    """
    topic = TopicPartition(stream.dead_letter_topic, dead_letters.DEAD_LETTER_PARTITION)
    found = [
        DeadLetter(stream, each) for each in newest_records(settings, [topic], DEAD_LETTERS_MAX)
    ]
    replayed = {header(letter.record, REPLAYED) for letter in found}
    return [each for each in found if each.reason and each.place not in replayed]


async def replay(publisher: Publisher, chosen: Sequence[DeadLetter]) -> None:
    """Sends letters to their topics again, as they were, and takes note of it.

    Raises:
        ReplayError: a letter can't be sent again; none is then.
        KafkaException: the broker refuses one.
    """
    originals = [letter.original() for letter in chosen]
    marks = [
        OutgoingRecord(
            str(letter.record.topic()), 0, None, None, [(REPLAYED, letter.place.encode())]
        )
        for letter in chosen
    ]
    for records in (originals, marks):
        for error in await publisher.publish(records):
            if error:
                raise KafkaException(error)
