"""A Kafka consumer for asyncio: it returns batches, and commits the offsets of those that were handled."""

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
from transactional_events.kafka._errors import error_text
from transactional_events.kafka._settings import KafkaSettings, client_properties
from transactional_events.turns import turn_seconds
from transactional_grpc.repetitions import Repetitions

BATCH_SIZE = 500
POLL_SECONDS = 0.25
"""How long one poll waits for a first record; a stop is noticed that soon."""
COMMIT_SECONDS = 1.0
"""Offsets are committed this often, and when partitions are revoked: each commit costs the broker as much as an event."""
SPARE_SECONDS = 5.0
"""A member that got no partition after this counts as ready: the group has more members than partitions."""
FETCH_BYTES_MAX = 4 * 1024 * 1024
QUEUED_KIBIBYTES_MAX = 16 * 1024
"""Bound of the records that librdkafka fetches ahead."""

T = TypeVar("T")
log = structlog.get_logger()


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
            "group.protocol": "consumer",  # KIP-848: other members go on working during a rebalance
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
            # Relays use no transactions, but other producers may: what they abort is no event.
            "isolation.level": "read_committed",
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
        self._turn_at = 0.0
        self._handled: dict[tuple[str, int], int] = {}
        """The offsets to commit: behind the last record of each partition that was handled."""
        self._commit_at = 0.0
        self._repetitions = Repetitions()

    async def subscribe(self) -> None:
        """Joins the group."""
        await self._call(
            self._consumer.subscribe,
            self._topics,
            on_assign=self._assigned,
            on_revoke=self._revoked,
            on_lost=self._lost,
        )
        self._ready_at = time.monotonic() + SPARE_SECONDS

    async def batch(self) -> list[Record]:
        """Returns the next records; none if there is none within POLL_SECONDS."""
        return await self._call(self._batch)

    def handled(self, batch: Sequence[Record]) -> None:
        """Takes note that a batch was handled; its offsets are committed within COMMIT_SECONDS and POLL_SECONDS.

        After a crash the records since the last commit are delivered again, and the inbox skips them.
        """
        for record in batch:
            self._handled[record.topic(), record.partition()] = record.offset() + 1  # type: ignore[index, operator]  # None in errors only

    async def pause(self) -> None:
        """Stops fetching, and polls once so that the group keeps this member; `resume` ends it."""
        await self._call(self._pause)

    async def resume(self) -> None:
        """Fetches again."""
        await self._call(lambda: self._consumer.resume(self._consumer.assignment()))

    async def close(self) -> None:
        """Commits what was handled, and leaves the group."""
        await self._call(self._commit)
        await self._call(self._consumer.close)
        self._thread.shutdown()

    async def _call(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        work = partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _assigned(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        log.info("partitions assigned", partitions=[f"{p.topic}/{p.partition}" for p in partitions])
        self._be_ready()

    def _revoked(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        # Sent before the group learns that this member has released the partitions.
        self._commit()
        self._lost(_, partitions)

    def _lost(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        # librdkafka keeps the pause of a partition that this member loses, and would not fetch it when it returns.
        self._consumer.resume(partitions)
        # The new owner may have committed higher offsets already.
        for partition in partitions:
            self._handled.pop((partition.topic, partition.partition), None)

    def _be_ready(self) -> None:
        self._ready_at = float("inf")
        self._ready()

    def _batch(self) -> list[Record]:
        if time.monotonic() > self._ready_at:
            self._be_ready()
        if time.monotonic() > self._commit_at:
            self._commit()
        records, self._early = self._early, []
        # `consume` alone would wait for a whole batch, or for the whole time.
        if not records:
            first = self._consumer.poll(POLL_SECONDS)
            # A record without a value has length 0 and is false in a condition.
            if first is not None:
                rest = max(0.0, self._turn_at - time.monotonic())
                records = [first, *self._consumer.consume(BATCH_SIZE - 1, rest)]
        self._turn_at = time.monotonic() + turn_seconds(len(records))
        return [record for record in records if self._is_record(record)]

    def _commit(self) -> None:
        """Commits the offsets of what was handled, without waiting for the broker."""
        handled, self._handled = self._handled, {}
        self._commit_at = time.monotonic() + COMMIT_SECONDS
        if not handled:
            return
        mine = {(place.topic, place.partition) for place in self._consumer.assignment()}
        offsets = [TopicPartition(*place, end) for place, end in handled.items() if place in mine]
        if offsets:
            try:
                self._consumer.commit(offsets=offsets, asynchronous=True)
            except KafkaException as error:
                log.warning("offsets were not committed", error=str(error))

    def _pause(self) -> None:
        self._consumer.pause(self._consumer.assignment())
        # A partition that was assigned just now may already return a record; keep it for the next batch.
        record = self._consumer.poll(0)
        if record is not None and self._is_record(record):
            self._early.append(record)

    def _is_record(self, record: Record) -> bool:
        """Tells records from errors.

        Raises:
            KafkaException: the consumer is useless from now on.
        """
        error = record.error()
        if error and error.fatal():
            raise KafkaException(error)
        if error and self._repetitions.is_new(error.str()):
            log.warning("Kafka", error=error_text(error))
        return error is None
