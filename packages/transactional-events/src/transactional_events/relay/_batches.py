"""The batches of a relay: rows of the outbox that it takes or reads, publishes and deletes."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from confluent_kafka import KafkaError, KafkaException

from transactional_events.db.models import Outbox as Row
from transactional_events.db.outbox import AsyncQuerier, DeleteAndReadOutboxParams
from transactional_events.kafka import OutgoingRecord, Publisher, headers_of
from transactional_events.outbox import Notifier
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership

BATCH_SIZE = 600
"""Events that are in flight at once."""
BATCH_BYTES_MAX = 8 * 1024 * 1024
"""The size of their values, each partition's last one excepted."""
PUBLISH_SECONDS_MAX = 10.0
"""How long the brokers may take for a batch. A relay that takes longer leaves its partitions to the other relays."""

READ_SECONDS = 1.0
"""The outbox is read this often at least: so long an event waits when its notification got lost, or when its relay died.
The same statement deletes the events that were published since the last read, which a relay that is killed repeats."""

UNACCEPTABLE = frozenset(
    (
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.INVALID_RECORD,
        KafkaError.INVALID_MSG_SIZE,
        KafkaError.POLICY_VIOLATION,
    )
)
"""The broker rejects a record with one of these for ever. INVALID_TIMESTAMP is not one: it says that this machine's
clock is wrong."""
CONSEQUENCES = frozenset(
    (KafkaError._FATAL, KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT)  # noqa: SLF001 - librdkafka's own errors
)
"""Errors of records that were given up because of another one."""

_Key = tuple[int, int]
"""The primary key of a row: its bucket and its id."""

log = structlog.get_logger()


class UndeliveredError(KafkaException):
    """The broker did not confirm some events; they stay in the outbox."""


@dataclass(slots=True)
class Batches:
    """Publishes the events of the partitions that a relay owns."""

    ownership: PartitionOwnership
    publisher: Publisher
    low_watermarks: LowWatermarks
    notifier: Notifier
    is_full: bool = False
    """Whether there may be more events than the last batch has."""
    read_at: float = 0.0
    """When the outbox must be read again, at the latest: then there is work although no event is added."""
    _published: list[_Key] = field(default_factory=list)
    """Rows of the events that the broker has and that aren't deleted yet."""

    async def publish_next(self) -> int:
        """Publishes the next batch, and returns its number of events.

        It has the rows that this process has committed, or those of a read if there may be others before them.

        Raises:
            UndeliveredError: the broker did not confirm all of it.
            OperationalError: the session is over.
        """
        rows = self._take()
        if not rows and self._must_read:
            rows = await self._read()
        await self._publish_batch(rows)
        if len(self._published) > BATCH_SIZE:
            await self.delete_published()
        return len(rows)

    async def _publish_batch(self, rows: Sequence[Row]) -> None:
        errors = await self._publish(rows) if rows else []
        self._published += [_key(row) for row, error in zip(rows, errors, strict=True) if not error]
        left = [(row, error) for row, error in zip(rows, errors, strict=True) if error]
        rejected = {row.bucket for row, error in left if error.code() in UNACCEPTABLE}
        if left:
            self.notifier.committed.forget()
            await self.delete_published()
        if left and not rejected:
            raise UndeliveredError(_cause([error for _, error in left]))
        # The events of the other partitions wait for the next batch.
        for row, _ in left:
            if row.bucket in rejected:
                await self._publish_or_park(row)

    async def delete_published(self) -> None:
        """Deletes the published events now.

        Raises:
            OperationalError: the session is over.
        """
        await self._delete(self._take_published())

    def _take_published(self) -> list[_Key]:
        published, self._published = self._published, []
        return published

    async def _publish_or_park(self, row: Row) -> None:
        """Publishes a row by itself, because the broker rejects all records of a request that has an unacceptable one."""
        [error] = await self._publish([row])
        if error is None:
            await self._delete([_key(row)])
        elif error.code() in UNACCEPTABLE:
            await self._park(row, error)
        else:
            raise UndeliveredError(error)

    @property
    def _must_read(self) -> bool:
        committed = self.notifier.committed
        return (
            self.notifier.is_notified
            or committed.must_be_read
            or self.is_full
            or time.monotonic() >= self.read_at
        )

    def _take(self) -> list[Row]:
        if self.notifier.is_notified or time.monotonic() >= self.read_at:
            return []
        rows = self.notifier.committed.take(self.ownership.owned, BATCH_SIZE, BATCH_BYTES_MAX)
        if rows:
            self.is_full = len(rows) == BATCH_SIZE
        return rows

    async def _read(self) -> list[Row]:
        self.read_at = time.monotonic() + READ_SECONDS
        owned = sorted(self.ownership.owned)
        if not owned:
            return []
        await self.low_watermarks.refresh()
        self.notifier.is_notified = False
        committed = self.notifier.committed
        committed.begin_read()
        rows_max, bytes_max = -(-BATCH_SIZE // len(owned)), BATCH_BYTES_MAX // len(owned)
        published = self._take_published()
        async with self.ownership.session() as session:
            rows = await AsyncQuerier(session).delete_and_read_outbox(
                DeleteAndReadOutboxParams(
                    published_buckets=[bucket for bucket, _ in published],
                    published_ids=[id_ for _, id_ in published],
                    buckets=owned,
                    after=self.low_watermarks.of(owned),
                    rows_per_bucket=rows_max,
                    bytes_per_bucket=bytes_max,
                )
            )
        self.low_watermarks.advance(owned, rows)
        self.is_full = len(rows) >= rows_max or sum(len(row.value) for row in rows) >= bytes_max
        committed.end_read(rows, None if self.is_full else self.low_watermarks.settled)
        return rows

    async def _publish(self, rows: Sequence[Row]) -> list[KafkaError | None]:
        """Publishes rows; gives up when the brokers take too long, or when the publisher is aborted."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(PUBLISH_SECONDS_MAX, self.publisher.abort)
        try:
            return await self.publisher.publish([_record(row) for row in rows])
        finally:
            timer.cancel()

    async def _delete(self, keys: Sequence[_Key]) -> None:
        if not keys:
            return
        async with self.ownership.session() as session:
            await AsyncQuerier(session).delete_from_outbox(
                buckets=[bucket for bucket, _ in keys], ids=[id_ for _, id_ in keys]
            )

    async def _park(self, row: Row, error: KafkaError) -> None:
        async with self.ownership.session() as session:
            await AsyncQuerier(session).park_event(
                error=error.str(), parked_at=datetime.now(UTC), bucket=row.bucket, row_id=row.id
            )
        log.error("event parked", event_id=str(row.event_id), error=error.str())


def _cause(errors: Sequence[KafkaError]) -> KafkaError:
    """Returns the error that made the producer fatal, rather than one of the records behind it."""
    return min(errors, key=lambda error: error.code() in CONSEQUENCES)


def _key(row: Row) -> _Key:
    return row.bucket, row.id


def _record(row: Row) -> OutgoingRecord:
    return OutgoingRecord(row.topic, row.bucket, row.key.encode(), row.value, headers_of(row))
