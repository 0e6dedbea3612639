"""A Kafka producer for asyncio: it publishes batches, and waits for the broker's response to each record."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Self, TypeVar

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Record

from transactional_events.kafka._client_log import client_log
from transactional_events.kafka._outgoing import Numbered, OutgoingRecord, one_request_each
from transactional_events.kafka._settings import KafkaSettings, client_properties

RECORD_BYTES_MAX = 16 * 1024 * 1024
"""More than the `max.message.bytes` of any topic: the broker decides which record is too large."""
RESPONSE_SECONDS_MAX = 2.0
"""How long a broker may take to respond to the first request, before the request is sent again."""
SLICE_SECONDS = 0.2
"""How soon an abort is noticed."""

DEFAULTS: dict[str, str | int] = {"reconnect.backoff.max.ms": 1000}
FIXED: dict[str, str | int | bool] = {
    "enable.idempotence": True,
    "acks": "all",
    "message.max.bytes": RECORD_BYTES_MAX,
    "batch.size": 1_000_000,
    "batch.num.messages": 10_000,
    # A record that timed out alone would leave a gap.
    "message.timeout.ms": 0,
}
AT_ONCE = 0
AT_FLUSH = 900_000
"""Values of `linger.ms`: a record leaves when it is produced, or at `flush` with all others for its partition."""

T = TypeVar("T")
Results = list[KafkaError | None]


class Publisher:
    """Idempotent producers, one batch after the other. Calls that block run in a thread of its own.

    Each partition gets the records of a batch in order and without gaps: a record is on the topic only if all records
    before it are. So a partition has one request in flight at a time; a broker that rejects a request may accept the
    next one of a producer whose state it doesn't have yet. A record with an error may be on the topic all the same,
    unless the broker has rejected it.
    Source: KIP-98 (Exactly Once Delivery and Transactional Messaging), "Idempotent Producer Guarantees".
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producers: dict[int, Producer] = {}
        """`linger.ms` → its producer."""
        self._aborted = False
        self._thread = ThreadPoolExecutor(1, "kafka-producer")

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: KafkaSettings) -> AsyncIterator[Self]:
        """Makes a publisher, and aborts it at the end of the block."""
        publisher = cls(settings)
        try:
            yield publisher
        finally:
            publisher.abort()
            await publisher.close()

    async def connect(self) -> None:
        """Returns as soon as a broker responds.

        Raises:
            KafkaException: the publisher was aborted before, or a setting is wrong.
        """
        await self._call(self._reach_broker)

    async def publish(self, records: Sequence[OutgoingRecord]) -> Results:
        """Publishes records, and waits for the broker for as long as it takes; `abort` ends that.

        Returns:
            The error of each record, None for those that the broker has.
        """
        if len({record.place for record in records}) == len(records):
            return await self._publish_at_once(records)
        return await self._call(self._publish, records)

    def abort(self) -> None:
        """Drops the records that the broker doesn't have; the publisher is useless after that."""
        self._aborted = True

    async def close(self) -> None:
        """Ends the producers and the thread, after the call in progress."""
        await self._call(self._producers.clear)
        self._thread.shutdown()

    async def _call(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

    def _open(self, linger_ms: int) -> Producer:
        producer = self._producers.get(linger_ms)
        if producer is None:
            properties = DEFAULTS | client_properties(self._settings) | FIXED
            properties |= {"linger.ms": linger_ms}
            producer = Producer(properties, logger=client_log("producer"))
            self._producers[linger_ms] = producer
        return producer

    def _reach_broker(self) -> None:
        while True:
            try:
                self._open(AT_ONCE).list_topics(timeout=RESPONSE_SECONDS_MAX)
            except KafkaException:
                if self._aborted:
                    raise
            else:
                return

    async def _publish_at_once(self, records: Sequence[OutgoingRecord]) -> Results:
        """Publishes one record for each partition; they leave without waiting for the publisher's thread."""
        results = _no_results(records)
        if AT_ONCE not in self._producers:
            await self._call(self._open, AT_ONCE)
        _produce(self._producers[AT_ONCE], enumerate(records), results)
        await self._call(self._await_at_once, results)
        return results

    def _await_at_once(self, results: Results) -> None:
        self._await_results(AT_ONCE)
        self._forget_failed(results)

    def _publish(self, records: Sequence[OutgoingRecord]) -> Results:
        results = _no_results(records)
        waiting = list(enumerate(records))
        while waiting:
            sent, waiting = one_request_each(waiting)
            _produce(self._open(AT_FLUSH), sent, results)
            self._await_results(AT_FLUSH)
            failed = {record.place for index, record in sent if results[index]}
            # A record must not overtake one that was rejected.
            waiting = [item for item in waiting if item[1].place not in failed]
        self._forget_failed(results)
        return results

    def _await_results(self, linger_ms: int) -> None:
        producer = self._open(linger_ms)
        is_useless = False
        while True:
            try:
                left = producer.flush(SLICE_SECONDS)
            except KafkaException:  # a fatal error: the producer sends nothing more
                is_useless, left = True, 1
            if not left:
                return
            if is_useless or self._aborted:
                producer.purge()

    def _forget_failed(self, results: Results) -> None:
        if any(results):  # the error may be fatal to the producer
            self._producers.clear()


def _no_results(records: Sequence[OutgoingRecord]) -> Results:
    unsent = KafkaError(KafkaError._PURGE_QUEUE)  # noqa: SLF001 - how librdkafka names its own errors
    return [unsent] * len(records)


def _produce(producer: Producer, records: Iterable[Numbered], results: Results) -> None:
    for index, record in records:
        producer.produce(
            record.topic,
            record.value,
            record.key,
            record.partition,
            on_delivery=partial(_delivered, results, index),
            headers=list(record.headers),
        )


def _delivered(results: Results, index: int, error: KafkaError | None, _: Record) -> None:
    results[index] = error
