"""Sends records to Kafka, in order, and waits for the broker's answer to each."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Record

from transactional_events.kafka._client_log import client_log
from transactional_events.kafka._headers import Headers
from transactional_events.kafka._settings import KafkaSettings, client_properties

RECORD_BYTES_MAX = 16 * 1024 * 1024
"""More than any topic of ours takes: which record is too large is the broker's decision."""
SLICE_SECONDS = 0.2
"""How soon an abort is noticed."""

# A record that the broker refuses with one of these will be refused for ever. One with a wrong time will
# not: that is our clock's.
UNACCEPTABLE = frozenset(
    (
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.INVALID_RECORD,
        KafkaError.INVALID_MSG_SIZE,
        KafkaError.POLICY_VIOLATION,
    )
)
ANY_PARTITION = -1
PATIENT = MappingProxyType({"message.timeout.ms": 0})
"""Records that time out one by one would let their successors overtake them."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """What goes to a topic."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Publisher:
    """An idempotent producer: what it sends to a partition arrives in order and once, or not at all.

    It waits for a broker that is down for as long as it takes; `abort` ends that.
    """

    def __init__(self, settings: KafkaSettings, properties: Mapping[str, str | int] = PATIENT):
        self._producer = Producer(
            {"linger.ms": 0, "reconnect.backoff.max.ms": 1000}
            | client_properties(settings)
            | {
                "enable.idempotence": True,
                "acks": "all",
                "message.max.bytes": RECORD_BYTES_MAX,
            }
            | dict(properties),
            logger=client_log("producer"),
        )
        self._thread = ThreadPoolExecutor(1, "kafka-producer")
        self._aborted = False

    async def publish(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        """Sends records; returns for each its error, None for those that the broker has."""
        return await self._call(self._send, records)

    def abort(self) -> None:
        """Drops what the broker hasn't got; the publisher is of no use after that."""
        self._aborted = True

    async def close(self) -> None:
        """Ends the producer and its thread, after what is being sent."""
        await self._call(self._destroy)
        self._thread.shutdown()

    def _destroy(self) -> None:
        # Its `close` would try to end a transaction that another publisher has fenced, and complain.
        del self._producer

    async def _call(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

    def _send(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        unanswered = KafkaError(KafkaError._PURGE_QUEUE)  # noqa: SLF001 - how librdkafka names its own errors
        results: list[KafkaError | None] = [unanswered] * len(records)
        for index, record in enumerate(records):
            try:
                self._producer.produce(
                    record.topic,
                    record.value,
                    record.key,
                    record.partition,
                    on_delivery=partial(_answered, results, index),
                    headers=list(record.headers),
                )
            except KafkaException as error:
                results[index] = error.args[0]
        while not self._aborted and self._producer.flush(SLICE_SECONDS):
            pass
        if self._aborted:
            self._producer.purge()
            self._producer.flush(SLICE_SECONDS)
        return results


def _answered(
    results: list[KafkaError | None], index: int, error: KafkaError | None, _: Record
) -> None:
    results[index] = error
