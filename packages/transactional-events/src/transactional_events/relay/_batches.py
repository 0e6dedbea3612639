"""One relay's work on the outbox: batches of rows that it reads, publishes and deletes."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from confluent_kafka import KafkaError, KafkaException

from transactional_events.db.models import Outbox as Row
from transactional_events.db.outbox import AsyncQuerier
from transactional_events.kafka._fenced_publisher import FencedPublisher
from transactional_events.kafka._headers import headers_of
from transactional_events.kafka._publisher import UNACCEPTABLE, OutgoingRecord
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import Buckets

BATCH_SIZE = 600
"""Events that are in flight at once."""
BATCH_BYTES_MAX = 8 * 1024 * 1024
"""Their values' size, but for each bucket's last one: what any broker takes within a transaction's time."""

log = structlog.get_logger()


class UndeliveredError(KafkaException):
    """The broker did not take some events; they stay in the outbox."""


@dataclass(slots=True)
class Batches:
    """The batches of the buckets that this relay owns."""

    buckets: Buckets
    publisher: FencedPublisher
    low_watermarks: LowWatermarks
    _offsets: int = 0
    """How many were taken since the last delete that a crash of the server can't undo."""

    async def publish_next(self) -> bool:
        """Publishes a batch; returns False when nothing waits.

        Raises:
            UndeliveredError: the broker did not take it.
            KafkaException: whether it did will be found out by the next owner of the buckets.
            OperationalError: the session is over.
        """
        rows = await self._read()
        if not rows:
            return False
        errors = await self._publish(rows)
        refused = {row.bucket for row, e in zip(rows, errors, strict=True) if _is_unacceptable(e)}
        if not refused:
            _require_delivery(errors)
            await self._delete(rows)
        for row in rows:
            if row.bucket in refused:
                await self._publish_or_park(row)
        return True

    async def _publish_or_park(self, row: Row) -> None:
        """Publishes a row by itself: the broker refuses many records because of one."""
        [error] = await self._publish([row])
        if error and _is_unacceptable(error):
            await self._park(row, error)
        else:
            _require_delivery([error])
            await self._delete([row])

    async def _read(self) -> list[Row]:
        owned = sorted(self.buckets.owned)
        if not owned:
            return []
        await self.low_watermarks.refresh()
        async with self.buckets.exclusive:
            queries = AsyncQuerier(self.buckets.session)
            rows = await queries.read_outbox(
                buckets=owned,
                after=self.low_watermarks.of(owned),
                rows_per_bucket=-(-BATCH_SIZE // len(owned)),
                bytes_per_bucket=BATCH_BYTES_MAX // len(owned),
            )
        self.low_watermarks.advance(owned, rows)
        return rows

    async def _publish(self, rows: Sequence[Row]) -> list[KafkaError | None]:
        """Publishes rows for as long as nobody else may own them."""
        self._offsets += len(rows) + 1  # the end of a transaction has one, too
        sending = asyncio.ensure_future(self.publisher.publish([_record(row) for row in rows]))
        lost = asyncio.create_task(self.buckets.lost.wait())
        try:
            await asyncio.wait((sending, lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            if not sending.done():
                self.publisher.abort()
                await asyncio.gather(sending, return_exceptions=True)
        return sending.result()

    async def _delete(self, rows: Sequence[Row]) -> None:
        async with self._writing():
            await AsyncQuerier(self.buckets.session).delete_from_outbox(
                buckets=[row.bucket for row in rows], ids=[row.id for row in rows]
            )

    async def _park(self, row: Row, error: KafkaError) -> None:
        async with self._writing():
            await AsyncQuerier(self.buckets.session).park_event(
                error=error.str(), parked_at=datetime.now(UTC), bucket=row.bucket, row_id=row.id
            )
        log.error("event parked", event_id=str(row.event_id), error=error.str())

    def _writing(self) -> AbstractAsyncContextManager[None]:
        """Waits for the disk once per BATCH_SIZE offsets: that much the next owner can find again."""
        if self._offsets < BATCH_SIZE:
            return self.buckets.exclusive
        self._offsets = 0
        return self.buckets.to_disk()


def _is_unacceptable(error: KafkaError | None) -> bool:
    return error is not None and error.code() in UNACCEPTABLE


def _require_delivery(errors: Iterable[KafkaError | None]) -> None:
    for error in errors:
        if error:
            raise UndeliveredError(error)


def _record(row: Row) -> OutgoingRecord:
    return OutgoingRecord(row.topic, row.bucket, row.key.encode(), row.value, headers_of(row))
