"""A Kafka producer for asyncio: it sends batches, and waits for the broker's response to each record."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Record

from transactional_events.kafka._client_log import client_log
from transactional_events.kafka._headers import Headers
from transactional_events.kafka._settings import KafkaSettings, client_properties

RECORD_BYTES_MAX = 16 * 1024 * 1024
"""More than the `max.message.bytes` of any topic: the broker decides which record is too large."""
SLICE_SECONDS = 0.2
"""How soon an abort is noticed."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """A record that is sent to a topic."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class ProducerThread:
    """An idempotent producer whose blocking calls run in a thread of its own."""

    def __init__(self, settings: KafkaSettings, properties: Mapping[str, str | int]) -> None:
        self.producer = Producer(
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
        """To be used inside `call` only."""
        self.aborted = False
        """Whether `abort` was called; functions that wait for the broker end then."""
        self._thread = ThreadPoolExecutor(1, "kafka-producer")

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Runs a function in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

    def abort(self) -> None:
        """Drops the records that the broker doesn't have; the producer is useless after that."""
        self.aborted = True

    async def close(self) -> None:
        """Ends the producer and its thread, after the call in progress."""
        await self.call(self._destroy)
        self._thread.shutdown()

    def _destroy(self) -> None:
        # `close` would try to end a transaction that another producer has fenced, and log an error.
        del self.producer

    def send(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        """Sends records; returns for each its error, None for those that the broker has. Blocks."""
        unsent = KafkaError(KafkaError._PURGE_QUEUE)  # noqa: SLF001 - how librdkafka names its own errors
        results: list[KafkaError | None] = [unsent] * len(records)
        for index, record in enumerate(records):
            try:
                self.producer.produce(
                    record.topic,
                    record.value,
                    record.key,
                    record.partition,
                    on_delivery=partial(_delivered, results, index),
                    headers=list(record.headers),
                )
            except KafkaException as error:
                results[index] = error.args[0]
        while not self.aborted and self.producer.flush(SLICE_SECONDS):
            pass
        if self.aborted:
            self.producer.purge()
            self.producer.flush(SLICE_SECONDS)
        return results


def _delivered(
    results: list[KafkaError | None], index: int, error: KafkaError | None, _: Record
) -> None:
    results[index] = error
