"""Deletes old rows in small batches, so that no purge holds locks for long."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import structlog
from psycopg import AsyncConnection, Error

from transactional_grpc.database._errors import error_text
from transactional_grpc.database._pool import Pool
from transactional_grpc.db.purges import AsyncQuerier

BATCH_SIZE = 500
INTERVAL_SECONDS = 60.0
WHOLE_EVERY = 60
"""One pass in this many begins at the oldest row. It deletes rows that another process had locked when it died,
and rows of a process whose clock is far behind. It also visits every deleted row that a snapshot keeps."""
OLDEST = datetime.fromtimestamp(0, UTC)

log = structlog.get_logger()


class Deleted(NamedTuple):
    """The result of one batch."""

    rows: int
    reached: datetime
    """Where the next batch begins, so that it doesn't visit what this one has deleted."""


@dataclass(frozen=True, slots=True)
class Purge:
    """Rows of one kind that are kept for a while only."""

    rows: str
    """The kind of rows, for the log."""
    retention: timedelta
    delete: Callable[[AsyncConnection[Any], datetime, datetime, int], Awaitable[Deleted]]
    """Deletes the oldest rows between two instants, the latter excluded, and at most so many."""


async def purge_forever(pool: Pool, purges: tuple[Purge, ...]) -> None:
    """Purges now and every INTERVAL_SECONDS, until it is canceled; after an error the next pass tries again.

    A pass begins where the last one ended: deleted rows that a snapshot keeps aren't visited again.
    """
    # If the first pass fails, the second one begins at the rows that reached the retention since then.
    ends = [datetime.now(UTC) - purge.retention for purge in purges]
    for pass_ in count():
        for index, purge in enumerate(purges):
            begin = ends[index] if pass_ % WHOLE_EVERY else OLDEST
            end = datetime.now(UTC) - purge.retention
            try:
                deleted = await purge_between(pool, purge, begin, end)
            except Error as error:
                log.warning("purge failed", rows=purge.rows, error=error_text(error))
            else:
                ends[index] = end
                log.debug("purged", rows=purge.rows, deleted=deleted)
        await asyncio.sleep(INTERVAL_SECONDS)


async def purge_between(pool: Pool, purge: Purge, begin: datetime, end: datetime) -> int:
    """Deletes all rows between two instants; returns how many."""
    deleted = 0
    while True:
        async with pool.connection() as connection, connection.transaction():
            await AsyncQuerier(connection).read_in_order()
            batch = await purge.delete(connection, begin, end, BATCH_SIZE)
        deleted += batch.rows
        begin = batch.reached
        if batch.rows < BATCH_SIZE:
            return deleted
