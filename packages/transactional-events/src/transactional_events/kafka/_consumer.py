"""A Kafka consumer for asyncio: batches as they come, offsets committed when they are handled."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka import Message as Record

from transactional_events.kafka._client_log import client_log
from transactional_events.kafka._errors import one_line
from transactional_events.kafka._settings import KafkaSettings, client_properties
from transactional_grpc.repetitions import Repetitions

BATCH_SIZE = 500
POLL_SECONDS = 0.25
"""How long one poll waits for a first record, and so how soon a stop is noticed."""
SPARE_SECONDS = 5.0
"""A member that got no partition after this is a spare one, and ready as it is."""
FETCH_BYTES_MAX = 4 * 1024 * 1024
QUEUED_KIBIBYTES_MAX = 16 * 1024
"""Records that are fetched before they are asked for."""

T = TypeVar("T")
log = structlog.get_logger()
repetitions = Repetitions()


class BatchConsumer:
    """A member of a consumer group. Every call into the blocking client runs in its own thread."""

    def __init__(
        self,
        settings: KafkaSettings,
        group: str,
        topics: Sequence[str],
        on_ready: Callable[[], None],
    ) -> None:
        defaults = {
            "group.protocol": "consumer",  # KIP-848: a change of members stops nobody else's work
            "fetch.wait.max.ms": 500,
            "reconnect.backoff.max.ms": 1000,
            "fetch.min.bytes": 1,
            "fetch.message.max.bytes": FETCH_BYTES_MAX,
            "queued.max.messages.kbytes": QUEUED_KIBIBYTES_MAX,
        }
        fixed = {
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            # What is in an outbox is true: an event of a transaction that is aborted is published
            # again by the next one, and the inbox knows it by then. So nobody waits for its end.
            "isolation.level": "read_uncommitted",
        }
        self._consumer = Consumer(
            defaults | client_properties(settings) | fixed,
            logger=client_log("consumer"),
        )
        self._thread = ThreadPoolExecutor(1, "kafka-consumer")
        self._topics = list(topics)
        self._ready = partial(asyncio.get_running_loop().call_soon_threadsafe, on_ready)
        self._ready_at = float("inf")
        self._early: list[Record] = []

    async def subscribe(self) -> None:
        """Joins the group."""
        await self._call(self._consumer.subscribe, self._topics, on_assign=self._assigned)
        self._ready_at = time.monotonic() + SPARE_SECONDS

    async def batch(self) -> list[Record]:
        """Returns the records that are there, after a short wait for a first one; maybe none."""
        return await self._call(self._batch)

    async def commit(self, batch: Sequence[Record]) -> None:
        """Tells the broker that a batch was handled, without waiting for it.

        A commit that gets lost has records delivered again, which the inbox knows.
        """
        await self._call(self._commit, batch)

    async def hold(self) -> None:
        """Stays in the group while a batch takes long; `release` ends it."""
        await self._call(self._hold)

    async def release(self) -> None:
        """Fetches again."""
        await self._call(lambda: self._consumer.resume(self._consumer.assignment()))

    async def close(self) -> None:
        """Leaves the group, after the commits that are under way."""
        await self._call(self._consumer.close)
        self._thread.shutdown()

    async def _call(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        work = partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _assigned(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        log.info("partitions assigned", partitions=[f"{p.topic}/{p.partition}" for p in partitions])
        self._be_ready()

    def _be_ready(self) -> None:
        self._ready_at = float("inf")
        self._ready()

    def _batch(self) -> list[Record]:
        if time.monotonic() > self._ready_at:
            self._be_ready()
        records, self._early = self._early, []
        # `consume` alone would wait for a whole batch, or for the whole time.
        if not records:
            first = self._consumer.poll(POLL_SECONDS)
            # A record without a value has length 0, and so is false.
            if first is not None:
                records = [first, *self._consumer.consume(BATCH_SIZE - 1, 0)]
        return [record for record in records if _is_record(record)]

    def _commit(self, batch: Sequence[Record]) -> None:
        ends: dict[tuple[str, int], int] = {}
        for record in batch:
            ends[record.topic(), record.partition()] = record.offset() + 1  # type: ignore[index, operator]  # None in errors only
        mine = {(each.topic, each.partition) for each in self._consumer.assignment()}
        offsets = [TopicPartition(*place, end) for place, end in ends.items() if place in mine]
        if offsets:
            try:
                self._consumer.commit(offsets=offsets, asynchronous=True)
            except KafkaException as error:
                log.warning("offsets were not committed", error=str(error))

    def _hold(self) -> None:
        self._consumer.pause(self._consumer.assignment())
        # Of a partition that was assigned this moment there may be a record.
        record = self._consumer.poll(0)
        if record is not None and _is_record(record):
            self._early.append(record)


def _is_record(record: Record) -> bool:
    """Tells records from errors.

    Raises:
        KafkaException: the consumer is of no use any more.
    """
    error = record.error()
    if error and error.fatal():
        raise KafkaException(error)
    if error and repetitions.is_new(error.str()):
        log.warning("Kafka", error=one_line(error))
    return error is None
