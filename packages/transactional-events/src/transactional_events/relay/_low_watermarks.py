"""The low watermark of each partition, so that a read of the outbox visits no rows that were deleted before."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from transactional_events.db.low_watermarks import AsyncQuerier
from transactional_events.db.models import Outbox as Row
from transactional_events.relay._ownership import PartitionOwnership
from transactional_events.relay._settled_ids import SettledIds

REFRESH_ROWS = 600
REFRESH_SECONDS = 1.0
"""Low watermarks advance after this many rows or seconds; a read visits at most that many deleted rows."""
SAVE_IDS = 5_000
"""A low watermark is saved once it has advanced by this many ids, so the next owner visits at most that many deleted rows."""
STEP_IDS = 100_000
"""Ids that one query of a search for the first row covers; it takes less than a second of the lease."""
SETTLE_SECONDS_MAX = 1.0
SETTLE_POLL_SECONDS = 0.02
"""How long, and how often, `load` asks for settled ids when a partition has no saved low watermark."""


class LowWatermarks:
    """The low watermark of each partition that one session owns.

    The partition has no row with this id or a lower one, and will never get one: the low watermark is
    below the first row that a read returned, and not above the ids that were settled when that
    read began.
    """

    def __init__(self, ownership: PartitionOwnership) -> None:
        self._ownership = ownership
        self._settled = SettledIds()
        self._ids: dict[int, int] = {}
        self._saved: dict[int, int] = {}
        self._rows = 0
        self._refreshed = 0.0

    @property
    def settled(self) -> int:
        """Every id up to this one was settled at the last `refresh`."""
        return self._settled.through

    def of(self, partitions: Sequence[int]) -> list[int]:
        """Returns the low watermarks of partitions that were loaded."""
        return [self._ids[partition] for partition in partitions]

    async def load(self, acquired: Collection[int]) -> None:
        """Finds the low watermarks of partitions that this session acquired just now.

        Raises:
            OperationalError: the session is over.
        """
        async with self._ownership.session() as session:
            rows = await AsyncQuerier(session).read_low_watermarks(buckets=sorted(acquired))
        saved = dict.fromkeys(acquired, 0) | {row.bucket: row.id for row in rows}
        self._ids |= saved
        self._saved |= saved
        await self._refresh()
        if not all(saved.values()):
            await self._wait_for_settled_ids()
        await self._search(acquired)

    async def refresh(self) -> None:
        """Asks PostgreSQL which ids are settled, if that is due; call it before each read."""
        due = self._refreshed + REFRESH_SECONDS
        if self._rows < REFRESH_ROWS and time.monotonic() < due:
            return
        await self._refresh()
        await self._save()

    def advance(self, read: Collection[int], rows: Sequence[Row]) -> None:
        """Advances the low watermarks of the partitions of a read to the first row that it returned of each.

        Args:
            read: The partitions that were read.
            rows: All rows that the read returned, each partition's in order.
        """
        first = {row.bucket: row.id for row in reversed(rows)}
        self._rows += len(rows)
        self._advance(read, first, self._settled.through)

    def _advance(self, read: Collection[int], first: Mapping[int, int], through: int) -> None:
        for partition in read:
            empty_through = min(through, first.get(partition, through + 1) - 1)
            self._ids[partition] = max(self._ids[partition], empty_through)

    async def _refresh(self) -> None:
        async with self._ownership.session() as session:
            await self._settled.refresh(session)
        self._rows, self._refreshed = 0, time.monotonic()
        for partition, id_ in self._ids.items():
            if id_ > self._settled.last:  # the sequence was set back
                self._ids[partition] = 0

    async def _wait_for_settled_ids(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS_MAX):
                while self._settled.through == 0 and self._settled.last > STEP_IDS:
                    await asyncio.sleep(SETTLE_POLL_SECONDS)
                    await self._refresh()

    async def _save(self) -> None:
        # A low watermark that was set back is saved at once: with the old one the next owner would skip rows.
        due = [
            partition
            for partition, id_ in self._ids.items()
            if partition in self._ownership.owned
            and not 0 <= id_ - self._saved[partition] < SAVE_IDS
        ]
        if not due:
            return
        async with self._ownership.session() as session:
            await AsyncQuerier(session).save_low_watermarks(buckets=due, ids=self.of(due))
        self._saved |= {partition: self._ids[partition] for partition in due}

    async def _search(self, acquired: Collection[int]) -> None:
        """Skips rows that were deleted since the last save, in steps between which heartbeats can be sent."""
        through = self._settled.through
        left = set(acquired)
        while behind := sorted(
            partition for partition in left if self._ids[partition] + STEP_IDS < through
        ):
            async with self._ownership.session() as session:
                found = await AsyncQuerier(session).list_first_waiting(
                    buckets=behind, after=self.of(behind), count=STEP_IDS
                )
            first = {row.bucket: row.id for row in found}
            for partition in behind:
                self._advance([partition], first, self._ids[partition] + STEP_IDS)
            left -= first.keys()
