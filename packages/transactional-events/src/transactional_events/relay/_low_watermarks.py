"""The low watermark of each bucket, so that a read of the outbox visits no rows that were deleted before."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from transactional_events.db.low_watermarks import AsyncQuerier
from transactional_events.db.models import Outbox as Row
from transactional_events.db.outbox import ListDoubtfulRow
from transactional_events.relay._ownership import Buckets
from transactional_events.relay._settled_ids import SettledIds

REFRESH_ROWS = 600
REFRESH_SECONDS = 1.0
"""Low watermarks advance after this many rows or seconds, so a read passes over no more deleted rows."""
SAVE_IDS = 5_000
"""A low watermark is saved once it has advanced by this many ids, so the next owner passes over no more."""
STEP_IDS = 100_000
"""Ids that one query of a search for the first row covers; it takes less than a second of the lease."""
SETTLE_SECONDS_MAX = 1.0
SETTLE_POLL_SECONDS = 0.02
"""How long, and how often, `load` asks for settled ids when a bucket has no saved low watermark."""


class LowWatermarks:
    """The low watermark of each bucket that one session owns.

    The bucket has no row with this id or a lower one, and will never get one: the low watermark is
    below the first row that a read returned, and not above the ids that were settled when that
    read began.
    """

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets
        self._settled = SettledIds()
        self._ids: dict[int, int] = {}
        self._saved: dict[int, int] = {}
        self._rows = 0
        self._refreshed = 0.0

    def of(self, buckets: Sequence[int]) -> list[int]:
        """Returns the low watermarks of buckets that were loaded."""
        return [self._ids[bucket] for bucket in buckets]

    async def load(self, taken: Collection[int]) -> None:
        """Finds the low watermarks of buckets that this session just took.

        Raises:
            OperationalError: the session is over.
        """
        async with self._buckets.exclusive:
            rows = await AsyncQuerier(self._buckets.session).read_low_watermarks(
                buckets=sorted(taken)
            )
        saved = dict.fromkeys(taken, 0) | {row.bucket: row.id for row in rows}
        self._ids |= saved
        self._saved |= saved
        await self._refresh()
        if not all(saved.values()):
            await self._settle()
        await self._search(taken)

    async def refresh(self) -> None:
        """Asks PostgreSQL which ids are settled, if that is due; call it before each read."""
        due = self._refreshed + REFRESH_SECONDS
        if self._rows < REFRESH_ROWS and time.monotonic() < due:
            return
        await self._refresh()
        await self._save()

    def advance(self, read: Collection[int], rows: Sequence[Row | ListDoubtfulRow]) -> None:
        """Advances the low watermarks of the buckets of a read to the first row that it returned of each.

        Args:
            read: The buckets that were read.
            rows: All rows that the read returned, each bucket's in order.
        """
        first = {row.bucket: row.id for row in reversed(rows)}
        self._rows += len(rows)
        self._advance(read, first, self._settled.through)

    def _advance(self, read: Collection[int], first: Mapping[int, int], through: int) -> None:
        for bucket in read:
            empty_through = min(through, first.get(bucket, through + 1) - 1)
            self._ids[bucket] = max(self._ids[bucket], empty_through)

    async def _refresh(self) -> None:
        async with self._buckets.exclusive:
            await self._settled.refresh(self._buckets.session)
        self._rows, self._refreshed = 0, time.monotonic()
        for bucket, id_ in self._ids.items():
            if id_ > self._settled.last:  # the sequence was set back
                self._ids[bucket] = 0

    async def _settle(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS_MAX):
                while self._settled.through == 0 and self._settled.last > STEP_IDS:
                    await asyncio.sleep(SETTLE_POLL_SECONDS)
                    await self._refresh()

    async def _save(self) -> None:
        # One that was set back is saved at once: the next owner would pass over every row up to the old one.
        due = [
            bucket
            for bucket, id_ in self._ids.items()
            if bucket in self._buckets.owned and not 0 <= id_ - self._saved[bucket] < SAVE_IDS
        ]
        if not due:
            return
        async with self._buckets.exclusive:
            await AsyncQuerier(self._buckets.session).save_low_watermarks(
                buckets=due, ids=self.of(due)
            )
        self._saved |= {bucket: self._ids[bucket] for bucket in due}

    async def _search(self, taken: Collection[int]) -> None:
        """Passes over rows that were deleted since the last save, in steps that leave time for heartbeats."""
        through = self._settled.through
        left = set(taken)
        while behind := sorted(b for b in left if self._ids[b] + STEP_IDS < through):
            async with self._buckets.exclusive:
                found = await AsyncQuerier(self._buckets.session).list_first_waiting(
                    buckets=behind, after=self.of(behind), count=STEP_IDS
                )
            first = {row.bucket: row.id for row in found}
            for bucket in behind:
                self._advance([bucket], first, self._ids[bucket] + STEP_IDS)
            left -= first.keys()
