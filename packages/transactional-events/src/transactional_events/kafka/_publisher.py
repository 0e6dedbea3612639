"""Publishes records that stand for themselves, such as dead letters."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from confluent_kafka import KafkaError

from transactional_events.kafka._producer import OutgoingRecord, ProducerThread
from transactional_events.kafka._settings import KafkaSettings

ANY_PARTITION = -1
NO_TIMEOUT: Mapping[str, str | int] = MappingProxyType({"message.timeout.ms": 0})
"""If records timed out one by one, their successors would overtake them."""


class Publisher:
    """Publishes to each partition in order, and each record once or not at all.

    It waits for a broker that is down for as long as it takes; `abort` ends that.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._thread = ProducerThread(settings, NO_TIMEOUT)

    async def publish(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        """Publishes records; returns for each its error, None for those that the broker has."""
        return await self._thread.call(self._thread.send, records)

    def abort(self) -> None:
        """Drops the records that the broker doesn't have; the publisher is useless after that."""
        self._thread.abort()

    async def close(self) -> None:
        """Ends the producer, after the batch in progress."""
        await self._thread.close()
