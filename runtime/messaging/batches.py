"""One relay's work on the outbox: batches of rows that it reads, publishes and deletes."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from runtime.messaging.buckets import Buckets
from runtime.messaging.headers import ID, header, headers_of
from runtime.messaging.publisher import UNACCEPTABLE, OutgoingRecord, Publisher
from runtime.messaging.reading import newest_records
from runtime.messaging.settings import KafkaSettings
from shop.messaging.db.models import Outbox as Row
from shop.messaging.db.outbox import AsyncQuerier

BATCH_SIZE = 600
"""Events that are in flight at once."""

log = structlog.get_logger()


class UndeliveredError(KafkaException):
    """The broker did not take some events; they stay in the outbox."""


@dataclass
class Batches:
    """The batches of the buckets that this relay owns."""

    buckets: Buckets
    publisher: Publisher
    kafka: KafkaSettings
    _examined: frozenset[int] = frozenset()
    """Buckets whose former owner left nothing in doubt."""
    _published: set[str] = field(default_factory=set)
    """Ids of events that a former owner has published."""

    async def publish_next(self) -> bool:
        """Publishes a batch; returns False when nothing waits.

        Raises:
            UndeliveredError: the broker did not take all of it.
            BucketsLostError: other relays may own the buckets now.
            OperationalError: the session is over.
        """
        rows = await self._read()
        await self._examine(rows)
        if not rows:
            self._published.clear()
            return False
        done = [row for row in rows if str(row.event_id) in self._published]
        todo = [row for row in rows if str(row.event_id) not in self._published]
        self.buckets.require()
        results = await self._publish(todo) if todo else []
        refused = [row for row, error in zip(todo, results, strict=True) if _is_unacceptable(error)]
        done += [row for row, error in zip(todo, results, strict=True) if error is None]
        await self._delete(done)
        for row in refused:
            await self._publish_or_park(row)
        _require_delivery(error for error in results if not _is_unacceptable(error))
        return True

    async def _publish_or_park(self, row: Row) -> None:
        """Publishes a row by itself: the broker refuses a whole record batch for one of its records."""
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
        async with self.buckets.exclusive:
            queries = AsyncQuerier(self.buckets.session)
            return await queries.read_outbox(buckets=owned, per_bucket=-(-BATCH_SIZE // len(owned)))

    async def _examine(self, rows: Sequence[Row]) -> None:
        """Finds out what a bucket's former owner has published but not deleted."""
        doubtful = {(row.topic, row.bucket) for row in rows if row.bucket not in self._examined}
        if doubtful:
            self._published |= await asyncio.to_thread(_newest_ids, self.kafka, doubtful)
        # Whatever is written to the others from now on is published by this relay.
        self._examined = self.buckets.owned

    async def _publish(self, rows: Sequence[Row]) -> list[KafkaError | None]:
        """Publishes rows for as long as nobody else may own them."""
        sending = asyncio.ensure_future(self.publisher.publish([_record(row) for row in rows]))
        lost = asyncio.create_task(self.buckets.lost.wait())
        try:
            await asyncio.wait((sending, lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            if not sending.done():
                self.publisher.abort()
        return await sending

    async def _delete(self, rows: Sequence[Row]) -> None:
        async with self.buckets.exclusive:
            await AsyncQuerier(self.buckets.session).delete_from_outbox(
                buckets=[row.bucket for row in rows], ids=[row.id for row in rows]
            )

    async def _park(self, row: Row, error: KafkaError) -> None:
        async with self.buckets.exclusive:
            await AsyncQuerier(self.buckets.session).park_event(
                error=error.str(), parked_at=datetime.now(UTC), bucket=row.bucket, row_id=row.id
            )
        log.error("event parked", event_id=str(row.event_id), error=error.str())


def _is_unacceptable(error: KafkaError | None) -> bool:
    return error is not None and error.code() in UNACCEPTABLE


def _require_delivery(errors: Iterable[KafkaError | None]) -> None:
    for error in errors:
        if error:
            raise UndeliveredError(error)


def _record(row: Row) -> OutgoingRecord:
    return OutgoingRecord(row.topic, row.bucket, row.key.encode(), row.value, headers_of(row))


def _newest_ids(kafka: KafkaSettings, places: Collection[tuple[str, int]]) -> set[str]:
    partitions = [TopicPartition(*place) for place in places]
    return {header(record, ID) for record in newest_records(kafka, partitions, BATCH_SIZE)}
