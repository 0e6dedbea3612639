"""The outbox's reading side: publishes what transactions stored, in order per key."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from confluent_kafka import KafkaError, KafkaException
from psycopg import OperationalError

from runtime.messaging.buckets import Buckets, BucketsLostError
from runtime.messaging.draining import DrainedError, finish, pause
from runtime.messaging.headers import headers_of
from runtime.messaging.listening import listen
from runtime.messaging.publisher import UNACCEPTABLE, OutgoingRecord, Publisher
from runtime.messaging.settings import KafkaSettings
from runtime.messaging.wakeups import Wakeups
from shop.messaging.db.models import Outbox as Row
from shop.messaging.db.outbox import AsyncQuerier

BATCH_SIZE = 600
"""Events that are in flight at once."""
POLL_SECONDS = 1.0
"""How long an event waits when its wake-up got lost, or when its relay died."""
RETRY_SECONDS = 0.5
TROUBLE = (OperationalError, KafkaException, BucketsLostError, OSError)

log = structlog.get_logger()


class UndeliveredError(KafkaException):
    """The broker did not take some events; they stay in the outbox."""


@dataclass(frozen=True)
class Relay:
    """Publishes the events of one database; several relays share the work by buckets."""

    database_url: str
    kafka: KafkaSettings
    bucket_count: int
    """The largest number of partitions among the topics."""
    wakeups: Wakeups
    name: str

    async def run(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        """Publishes until the stop; whatever is down meanwhile is waited for."""
        while not stop.is_set():
            try:
                await finish(self._session(stop, on_ready), stop)
            except DrainedError:
                log.warning("events that were in flight stay in the outbox")
            except TROUBLE as error:
                log.warning("no events are published now", error=str(error))
                await pause(stop, RETRY_SECONDS)

    async def _session(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        publisher = Publisher(self.kafka)
        opened = Buckets.open(self.database_url, self.bucket_count, self.name)
        try:
            async with opened as buckets, listen(self.database_url, self.name, self.wakeups.here):
                await buckets.settle()
                on_ready()
                while not stop.is_set():
                    await self._publish_waiting(buckets, publisher, stop)
                    await self._wait(stop)
                    await buckets.settle()
        finally:
            self.wakeups.owned = frozenset()
            await publisher.close()

    async def _publish_waiting(
        self, buckets: Buckets, publisher: Publisher, stop: asyncio.Event
    ) -> None:
        while not stop.is_set():
            self.wakeups.owned = buckets.owned
            self.wakeups.here.clear()
            rows = await _read(buckets)
            if not rows:
                return
            buckets.require()
            results = await self._publish(buckets, publisher, rows)
            await _settle_accounts(buckets, rows, results)
            await buckets.settle()

    async def _publish(
        self, buckets: Buckets, publisher: Publisher, rows: Sequence[Row]
    ) -> list[KafkaError | None]:
        """Publishes rows for as long as nobody else may own them."""
        sending = asyncio.ensure_future(publisher.publish([_record(row) for row in rows]))
        lost = asyncio.create_task(buckets.lost.wait())
        try:
            await asyncio.wait((sending, lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            if not sending.done():
                publisher.abort()
        return await sending

    async def _wait(self, stop: asyncio.Event) -> None:
        stopping = asyncio.create_task(stop.wait())
        woken = asyncio.create_task(self.wakeups.here.wait())
        both = (stopping, woken)
        await asyncio.wait(both, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()


async def _read(buckets: Buckets) -> list[Row]:
    owned = sorted(buckets.owned)
    if not owned:
        return []
    async with buckets.exclusive:
        queries = AsyncQuerier(buckets.session)
        return await queries.read_outbox(buckets=owned, per_bucket=-(-BATCH_SIZE // len(owned)))


def _record(row: Row) -> OutgoingRecord:
    return OutgoingRecord(row.topic, row.bucket, row.key.encode(), row.value, headers_of(row))


async def _settle_accounts(
    buckets: Buckets, rows: Sequence[Row], results: Sequence[KafkaError | None]
) -> None:
    """Deletes what the broker has, parks what it will never take.

    Raises:
        UndeliveredError: it may take some rows later.
    """
    done = [row for row, error in zip(rows, results, strict=True) if error is None]
    async with buckets.exclusive:
        queries = AsyncQuerier(buckets.session)
        await queries.delete_from_outbox(
            buckets=[row.bucket for row in done], ids=[row.id for row in done]
        )
        for row, error in zip(rows, results, strict=True):
            if error is not None and error.code() in UNACCEPTABLE:
                await queries.park_event(
                    error=error.str(), parked_at=datetime.now(UTC), bucket=row.bucket, row_id=row.id
                )
                log.error("event parked", event_id=str(row.event_id), error=error.str())
    for error in results:
        if error is not None and error.code() not in UNACCEPTABLE:
            raise UndeliveredError(error)
