"""A Kafka producer for asyncio: it publishes batches, and waits for the broker's response to each record."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, TypeVar

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Record

from transactional_events.kafka._client_log import client_log
from transactional_events.kafka._headers import Headers
from transactional_events.kafka._settings import KafkaSettings, client_properties

ANY_PARTITION = -1
RECORD_BYTES_MAX = 16 * 1024 * 1024
"""More than the `max.message.bytes` of any topic: the broker decides which record is too large."""
RESPONSE_SECONDS_MAX = 2.0
"""How long a broker may take to respond to the first request, before the request is sent again."""
SLICE_SECONDS = 0.2
"""How soon an abort is noticed."""

REQUEST_BYTES_MAX = 900_000
REQUEST_RECORDS_MAX = 5_000
"""What one request for a partition holds: less than `batch.size` and `batch.num.messages`, at which it would be split."""
RECORD_OVERHEAD_BYTES = 64
HEADER_OVERHEAD_BYTES = 8

DEFAULTS: dict[str, str | int] = {"reconnect.backoff.max.ms": 1000}
FIXED: dict[str, str | int | bool] = {
    "enable.idempotence": True,
    "acks": "all",
    "message.max.bytes": RECORD_BYTES_MAX,
    "batch.size": 1_000_000,
    "batch.num.messages": 10_000,
    # Nothing leaves before `flush`, so all records for a partition are in one request.
    "linger.ms": 900_000,
    # A record that timed out alone would leave a gap.
    "message.timeout.ms": 0,
}

T = TypeVar("T")
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """A record that is sent to a topic."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def place(self) -> Place:
        """The topic and the partition."""
        return self.topic, self.partition

    @property
    def size(self) -> int:
        """At least the bytes that the record takes in a request."""
        headers = sum(
            len(name) + len(value) + HEADER_OVERHEAD_BYTES for name, value in self.headers
        )
        return RECORD_OVERHEAD_BYTES + len(self.key or b"") + len(self.value or b"") + headers


Numbered = tuple[int, OutgoingRecord]
"""A record, and its index in the batch."""


class Publisher:
    """An idempotent producer whose blocking calls run in a thread of its own.

    Each partition gets the records of a batch in order and without gaps: a record is on the topic only if all records
    before it are. So a partition has one request in flight at a time; a broker that rejects a request may accept the
    next one of a producer whose state it doesn't have yet. A record with an error may be on the topic all the same,
    unless the broker has rejected it.
    Source: KIP-98 (Exactly Once Delivery and Transactional Messaging), "Idempotent Producer Guarantees".
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: Producer | None = None
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

    async def publish(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        """Publishes records, and waits for the broker for as long as it takes; `abort` ends that.

        Returns:
            The error of each record, None for those that the broker has.
        """
        return await self._call(self._publish, records)

    def abort(self) -> None:
        """Drops the records that the broker doesn't have; the publisher is useless after that."""
        self._aborted = True

    async def close(self) -> None:
        """Ends the producer and its thread, after the call in progress."""
        await self._call(self._destroy)
        self._thread.shutdown()

    async def _call(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

    def _open(self) -> Producer:
        if self._producer is None:
            properties = DEFAULTS | client_properties(self._settings) | FIXED
            self._producer = Producer(properties, logger=client_log("producer"))
        return self._producer

    def _destroy(self) -> None:
        self._producer = None

    def _reach_broker(self) -> None:
        while True:
            try:
                self._open().list_topics(timeout=RESPONSE_SECONDS_MAX)
            except KafkaException:
                if self._aborted:
                    raise
            else:
                return

    def _publish(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        unsent = KafkaError(KafkaError._PURGE_QUEUE)  # noqa: SLF001 - how librdkafka names its own errors
        results: list[KafkaError | None] = [unsent] * len(records)
        waiting = list(enumerate(records))
        while waiting:
            sent, waiting = _requests(waiting)
            self._send(self._open(), sent, results)
            failed = {record.place for index, record in sent if results[index]}
            # A record must not overtake one that was rejected.
            waiting = [item for item in waiting if item[1].place not in failed]
        if any(results):
            # The error may be fatal to the producer.
            self._destroy()
        return results

    def _send(
        self, producer: Producer, sent: Sequence[Numbered], results: list[KafkaError | None]
    ) -> None:
        for index, record in sent:
            producer.produce(
                record.topic,
                record.value,
                record.key,
                record.partition,
                on_delivery=partial(_delivered, results, index),
                headers=list(record.headers),
            )
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


def _requests(records: Sequence[Numbered]) -> tuple[list[Numbered], list[Numbered]]:
    """Splits records into those of one request for each partition, and those that have to wait."""
    counts: dict[Place, int] = {}
    sizes: dict[Place, int] = {}
    sent: list[Numbered] = []
    waiting: list[Numbered] = []
    for index, record in records:
        place = record.place
        count = counts[place] = counts.get(place, 0) + 1
        size = sizes[place] = sizes.get(place, 0) + record.size
        fits = count == 1 or (size <= REQUEST_BYTES_MAX and count <= REQUEST_RECORDS_MAX)
        if not fits:
            # Those behind this one wait, too.
            sizes[place] = REQUEST_BYTES_MAX
        (sent if fits else waiting).append((index, record))
    return sent, waiting


def _delivered(
    results: list[KafkaError | None], index: int, error: KafkaError | None, _: Record
) -> None:
    results[index] = error
