"""The dead letters of a stream, to be read and replayed."""

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
"""The newest dead letters of a topic; older ones are not listed."""
REPLAYED = f"{dead_letters.PREFIX}replayed"
"""The header of a record that marks a dead letter as replayed; its value is the dead letter's place."""


class ReplayError(Exception):
    """A dead letter can't be replayed; the text says why."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be handled."""

    stream: Stream
    record: Record

    @property
    def place(self) -> str:
        """The dead letter's topic/partition/offset."""
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
    """Returns a stream's dead letters that were not replayed, oldest first. Blocks.

    Raises:
        KafkaException: the broker doesn't respond.
    """
    topic = TopicPartition(stream.dead_letter_topic, dead_letters.DEAD_LETTER_PARTITION)
    found = [
        DeadLetter(stream, record) for record in newest_records(settings, [topic], DEAD_LETTERS_MAX)
    ]
    replayed = {header(letter.record, REPLAYED) for letter in found}
    return [letter for letter in found if letter.reason and letter.place not in replayed]


async def replay(publisher: Publisher, chosen: Sequence[DeadLetter]) -> None:
    """Sends dead letters to their topics again, as they were, and marks them as replayed.

    Raises:
        ReplayError: a dead letter can't be replayed; none is then.
        KafkaException: the broker rejects a record.
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
