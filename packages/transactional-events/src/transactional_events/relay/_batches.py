"""The batches of a relay: rows of the outbox that it reads, publishes and deletes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from confluent_kafka import KafkaError, KafkaException

from transactional_events.db.models import Outbox as Row
from transactional_events.db.outbox import AsyncQuerier, DeleteAndReadOutboxParams
from transactional_events.kafka import OutgoingRecord, Publisher, headers_of
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership

BATCH_SIZE = 600
"""Events that are in flight at once."""
BATCH_BYTES_MAX = 8 * 1024 * 1024
"""The size of their values, each partition's last one excepted."""
PUBLISH_SECONDS_MAX = 10.0
"""How long the brokers may take for a batch. A relay that takes longer leaves its partitions to the other relays."""

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

log = structlog.get_logger()


class UndeliveredError(KafkaException):
    """The broker did not confirm some events; they stay in the outbox."""


@dataclass(slots=True)
class Batches:
    """Publishes the events of the partitions that a relay owns."""

    ownership: PartitionOwnership
    publisher: Publisher
    low_watermarks: LowWatermarks
    is_full: bool = False
    """Whether a partition may have more events than the last batch has of it."""
    _published: Sequence[Row] = ()
    """The events of the last batch; the next read deletes them."""

    async def publish_next(self) -> int:
        """Publishes the next batch, and returns its number of events.

        Raises:
            UndeliveredError: the broker did not confirm all of it.
            OperationalError: the session is over.
        """
        rows = await self._read()
        if not rows:
            return 0
        errors = await self._publish(rows)
        self._published = [row for row, error in zip(rows, errors, strict=True) if not error]
        left = [(row, error) for row, error in zip(rows, errors, strict=True) if error]
        rejected = {row.bucket for row, error in left if error.code() in UNACCEPTABLE}
        if left:
            await self.delete_published()
        if left and not rejected:
            raise UndeliveredError(_cause([error for _, error in left]))
        # The events of the other partitions wait for the next batch.
        for row, _ in left:
            if row.bucket in rejected:
                await self._publish_or_park(row)
        return len(rows)

    async def delete_published(self) -> None:
        """Deletes the events of the last batch without reading the next one.

        Raises:
            OperationalError: the session is over.
        """
        published, self._published = self._published, ()
        await self._delete(published)

    async def _publish_or_park(self, row: Row) -> None:
        """Publishes a row by itself, because the broker rejects all records of a request that has an unacceptable one."""
        [error] = await self._publish([row])
        if error is None:
            await self._delete([row])
        elif error.code() in UNACCEPTABLE:
            await self._park(row, error)
        else:
            raise UndeliveredError(error)

    async def _read(self) -> list[Row]:
        owned = sorted(self.ownership.owned)
        if not owned:
            return []
        await self.low_watermarks.refresh()
        rows_max, bytes_max = -(-BATCH_SIZE // len(owned)), BATCH_BYTES_MAX // len(owned)
        published, self._published = self._published, ()
        async with self.ownership.session() as session:
            rows = await AsyncQuerier(session).delete_and_read_outbox(
                DeleteAndReadOutboxParams(
                    published_buckets=[row.bucket for row in published],
                    published_ids=[row.id for row in published],
                    buckets=owned,
                    after=self.low_watermarks.of(owned),
                    rows_per_bucket=rows_max,
                    bytes_per_bucket=bytes_max,
                )
            )
        self.low_watermarks.advance(owned, rows)
        self.is_full = len(rows) >= rows_max or sum(len(row.value) for row in rows) >= bytes_max
        return rows

    async def _publish(self, rows: Sequence[Row]) -> list[KafkaError | None]:
        """Publishes rows; gives up when the session is over, because another relay publishes them then."""
        sending = asyncio.ensure_future(self.publisher.publish([_record(row) for row in rows]))
        lost = asyncio.create_task(self.ownership.lost.wait())
        try:
            await asyncio.wait(
                (sending, lost), timeout=PUBLISH_SECONDS_MAX, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            lost.cancel()
            if not sending.done():
                self.publisher.abort()
                await asyncio.gather(sending, return_exceptions=True)
        return sending.result()

    async def _delete(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        async with self.ownership.session() as session:
            await AsyncQuerier(session).delete_from_outbox(
                buckets=[row.bucket for row in rows], ids=[row.id for row in rows]
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


def _record(row: Row) -> OutgoingRecord:
    return OutgoingRecord(row.topic, row.bucket, row.key.encode(), row.value, headers_of(row))
