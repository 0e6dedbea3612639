"""Takeover: a new owner of partitions publishes every event that the former publisher has not, and no other.

The steps, between the acquisition of the locks and the first batch:

1. Read the former publishers' transactional ids from `bucket_publishers`.
2. Fence each of them at the broker: records that arrive later are rejected, transactions in progress end.
3. Load the low watermarks, from which on the outbox is read.
4. Read the newest records of the topics, and delete the outbox rows whose events are among them.
5. Store this relay's transactional id in `bucket_publishers`, on disk.

A failure at any step leaves the former id stored, and the next owner starts again with step 1. A partition
without a row has no former publisher, because `release` deletes the row: steps 2 and 4 have nothing to do.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

import structlog
from confluent_kafka import TopicPartition

from transactional_events.db.buckets import AsyncQuerier as BucketQueries
from transactional_events.db.models import BucketPublisher
from transactional_events.db.outbox import AsyncQuerier as OutboxQueries
from transactional_events.kafka import ID, FencedPublisher, KafkaSettings, header, newest_records
from transactional_events.relay._batches import BATCH_SIZE
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership

UNCERTAIN_MAX = 3 * BATCH_SIZE
"""How many rows of a partition, and offsets of a topic's partition, a publisher may leave uncertain: those of
its last batch, twice if the broker rejected it at first, and those whose deletes a crash has undone."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Takeover:
    """Takes partitions over from their former publishers."""

    ownership: PartitionOwnership
    low_watermarks: LowWatermarks
    kafka: KafkaSettings
    transactional_id: str
    """Of the publisher that takes over."""

    async def take_over(self, partitions: Collection[int]) -> None:
        """Fences the former publishers of partitions, and deletes the events that they have published.

        Raises:
            KafkaException, OperationalError: that is not possible now; don't publish the partitions' events.
        """
        former = await self._former_publishers(partitions)
        transactional_ids = {row.transactional_id for row in former}
        if transactional_ids:
            log.info(
                "partitions taken over",
                partitions=sorted(partitions),
                publishers=sorted(transactional_ids),
            )
        await self._fence(transactional_ids)
        await self.low_watermarks.load(partitions)
        await self._delete_published([row.bucket for row in former])
        # If a crash undid this, the next owner would not fence this publisher, and would publish its events again.
        async with self.ownership.durable_transaction() as session:
            await BucketQueries(session).register_publisher(
                transactional_id=self.transactional_id, buckets=sorted(partitions)
            )

    async def _former_publishers(self, partitions: Collection[int]) -> list[BucketPublisher]:
        async with self.ownership.session() as session:
            return await BucketQueries(session).read_publishers(buckets=sorted(partitions))

    async def _fence(self, transactional_ids: Collection[str]) -> None:
        tasks = [asyncio.create_task(self._fence_one(id_)) for id_ in transactional_ids]
        try:
            await asyncio.gather(*tasks)
        finally:
            # When one task fails, the others may still wait for a broker.
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _fence_one(self, transactional_id: str) -> None:
        async with FencedPublisher.open(self.kafka, transactional_id) as publisher:
            await publisher.fence()

    async def _delete_published(self, partitions: Collection[int]) -> None:
        uncertain = sorted(partitions)
        async with self.ownership.session() as session:
            rows = await OutboxQueries(session).list_uncertain(
                buckets=uncertain,
                after=self.low_watermarks.of(uncertain),
                per_bucket=UNCERTAIN_MAX,
            )
        self.low_watermarks.advance(uncertain, rows)
        places = {(row.topic, row.bucket) for row in rows}
        if not places:
            return
        ids = await asyncio.to_thread(_newest_ids, self.kafka, places)
        published = [row for row in rows if str(row.event_id) in ids]
        async with self.ownership.session() as session:
            await OutboxQueries(session).delete_from_outbox(
                buckets=[row.bucket for row in published], ids=[row.id for row in published]
            )


def _newest_ids(kafka: KafkaSettings, places: Collection[tuple[str, int]]) -> set[str]:
    partitions = [TopicPartition(*place) for place in places]
    return {header(record, ID) for record in newest_records(kafka, partitions, UNCERTAIN_MAX)}
