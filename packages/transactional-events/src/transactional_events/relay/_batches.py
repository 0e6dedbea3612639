"""The batches of a relay: rows of the outbox that it reads, publishes and deletes."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from confluent_kafka import KafkaError, KafkaException
from psycopg import AsyncConnection

from transactional_events.db.models import Outbox as Row
from transactional_events.db.outbox import AsyncQuerier
from transactional_events.kafka import FencedPublisher, OutgoingRecord, headers_of
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership

BATCH_SIZE = 600
"""Events that are in flight at once."""
BATCH_BYTES_MAX = 8 * 1024 * 1024
"""The size of their values, each partition's last one excepted; any broker stores that within a transaction's time."""

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

log = structlog.get_logger()


class UndeliveredError(KafkaException):
    """The broker did not store some events; they stay in the outbox."""


@dataclass(slots=True)
class Batches:
    """Publishes the events of the partitions that a relay owns."""

    ownership: PartitionOwnership
    publisher: FencedPublisher
    low_watermarks: LowWatermarks
    _offsets: int = 0
    """Offsets that were used since the last delete that a crash of the server can't undo."""

    async def publish_next(self) -> bool:
        """Publishes a batch; returns False when the outbox has no event of the partitions.

        Raises:
            UndeliveredError: the broker did not store it.
            KafkaException: only the next owner of the partitions learns whether it did.
            OperationalError: the session is over.
        """
        rows = await self._read()
        if not rows:
            return False
        errors = await self._publish(rows)
        rejected = {
            row.bucket for row, error in zip(rows, errors, strict=True) if _is_unacceptable(error)
        }
        if not rejected:
            _require_delivery(errors)
            await self._delete(rows)
        for row in rows:
            if row.bucket in rejected:
                await self._publish_or_park(row)
        return True

    async def _publish_or_park(self, row: Row) -> None:
        """Publishes a row by itself, because the broker rejects a whole batch when one record is unacceptable."""
        [error] = await self._publish([row])
        if error and _is_unacceptable(error):
            await self._park(row, error)
        else:
            _require_delivery([error])
            await self._delete([row])

    async def _read(self) -> list[Row]:
        owned = sorted(self.ownership.owned)
        if not owned:
            return []
        await self.low_watermarks.refresh()
        async with self.ownership.session() as session:
            rows = await AsyncQuerier(session).read_outbox(
                buckets=owned,
                after=self.low_watermarks.of(owned),
                rows_per_bucket=-(-BATCH_SIZE // len(owned)),
                bytes_per_bucket=BATCH_BYTES_MAX // len(owned),
            )
        self.low_watermarks.advance(owned, rows)
        return rows

    async def _publish(self, rows: Sequence[Row]) -> list[KafkaError | None]:
        """Publishes rows; aborts when the session is over, because another relay may own them then."""
        self._offsets += len(rows) + 1  # the marker at the end of a transaction has an offset, too
        sending = asyncio.ensure_future(self.publisher.publish([_record(row) for row in rows]))
        lost = asyncio.create_task(self.ownership.lost.wait())
        try:
            await asyncio.wait((sending, lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            if not sending.done():
                self.publisher.abort()
                await asyncio.gather(sending, return_exceptions=True)
        return sending.result()

    async def _delete(self, rows: Sequence[Row]) -> None:
        async with self._writing() as session:
            await AsyncQuerier(session).delete_from_outbox(
                buckets=[row.bucket for row in rows], ids=[row.id for row in rows]
            )

    async def _park(self, row: Row, error: KafkaError) -> None:
        async with self._writing() as session:
            await AsyncQuerier(session).park_event(
                error=error.str(), parked_at=datetime.now(UTC), bucket=row.bucket, row_id=row.id
            )
        log.error("event parked", event_id=str(row.event_id), error=error.str())

    def _writing(self) -> AbstractAsyncContextManager[AsyncConnection[Any]]:
        """Waits for the disk once per BATCH_SIZE offsets, because a takeover reads back a bounded number of records."""
        if self._offsets < BATCH_SIZE:
            return self.ownership.session()
        self._offsets = 0
        return self.ownership.durable_transaction()


def _is_unacceptable(error: KafkaError | None) -> bool:
    return error is not None and error.code() in UNACCEPTABLE


def _require_delivery(errors: Iterable[KafkaError | None]) -> None:
    for error in errors:
        if error:
            raise UndeliveredError(error)


def _record(row: Row) -> OutgoingRecord:
    return OutgoingRecord(row.topic, row.bucket, row.key.encode(), row.value, headers_of(row))
