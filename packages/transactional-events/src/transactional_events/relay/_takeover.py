"""How buckets change hands: nothing that their former publisher sent is lost, nothing comes twice."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

import structlog
from confluent_kafka import TopicPartition

from transactional_events.db.buckets import AsyncQuerier as BucketQueries
from transactional_events.db.models import BucketPublisher
from transactional_events.db.outbox import AsyncQuerier as OutboxQueries
from transactional_events.kafka._fenced_publisher import FencedPublisher
from transactional_events.kafka._headers import ID, header
from transactional_events.kafka._reading import newest_records
from transactional_events.kafka._settings import KafkaSettings
from transactional_events.relay._batches import BATCH_SIZE
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import Buckets

DOUBTFUL_MAX = 3 * BATCH_SIZE
"""How many rows of a bucket, and offsets of a partition, a publisher may leave in doubt: those of its
last batch, twice if it was refused at first, and before that those whose deletes a crash undid."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Takeover:
    """Makes one publisher that of buckets."""

    buckets: Buckets
    low_watermarks: LowWatermarks
    kafka: KafkaSettings
    transactional_id: str

    async def take(self, taken: Collection[int]) -> None:
        """Fences who published these buckets' events, and deletes what it has published.

        Raises:
            KafkaException, OperationalError: that is not possible now; the buckets are not to be used.
        """
        former = await self._publishers(taken)
        names = {each.transactional_id for each in former}
        if names:
            log.info("buckets taken over", buckets=sorted(taken), publishers=sorted(names))
        await self._fence(names)
        await self.low_watermarks.load(taken)
        await self._delete_published([each.bucket for each in former])
        # Forgotten in a crash, it would let what this publisher sends be sent again.
        async with self.buckets.to_disk():
            await BucketQueries(self.buckets.session).enter_publisher(
                transactional_id=self.transactional_id, buckets=sorted(taken)
            )

    async def _publishers(self, taken: Collection[int]) -> list[BucketPublisher]:
        async with self.buckets.exclusive:
            return await BucketQueries(self.buckets.session).read_publishers(buckets=sorted(taken))

    async def _fence(self, names: Collection[str]) -> None:
        fencing = [asyncio.create_task(self._take_name(name)) for name in names]
        try:
            await asyncio.gather(*fencing)
        finally:
            # Of those that wait for a broker, too, when it refuses one.
            for each in fencing:
                each.cancel()
            await asyncio.gather(*fencing, return_exceptions=True)

    async def _take_name(self, name: str) -> None:
        async with FencedPublisher.open(self.kafka, name) as publisher:
            await publisher.take_name()

    async def _delete_published(self, buckets: Collection[int]) -> None:
        doubtful = sorted(buckets)
        async with self.buckets.exclusive:
            rows = await OutboxQueries(self.buckets.session).list_doubtful(
                buckets=doubtful,
                after=self.low_watermarks.of(doubtful),
                per_bucket=DOUBTFUL_MAX,
            )
        self.low_watermarks.advance(doubtful, rows)
        places = {(row.topic, row.bucket) for row in rows}
        if not places:
            return
        ids = await asyncio.to_thread(_newest_ids, self.kafka, places)
        published = [row for row in rows if str(row.event_id) in ids]
        async with self.buckets.exclusive:
            await OutboxQueries(self.buckets.session).delete_from_outbox(
                buckets=[row.bucket for row in published], ids=[row.id for row in published]
            )


def _newest_ids(kafka: KafkaSettings, places: Collection[tuple[str, int]]) -> set[str]:
    partitions = [TopicPartition(*place) for place in places]
    return {header(record, ID) for record in newest_records(kafka, partitions, DOUBTFUL_MAX)}
