"""Deletes old rows in small batches, so that no purge holds locks for long."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from psycopg import AsyncConnection, Error
from psycopg_pool import PoolTimeout

from runtime.database import Pool

BATCH_SIZE = 500
INTERVAL_SECONDS = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Purge:
    """Rows of one kind that are kept for a while only."""

    rows: str
    """What they are, for the log."""
    retention: timedelta
    delete: Callable[[AsyncConnection[Any], datetime, int], Awaitable[int]]
    """Deletes at most so many rows older than an instant; returns how many it deleted."""


async def purge_forever(pool: Pool, purges: tuple[Purge, ...]) -> None:
    """Purges now and every INTERVAL_SECONDS, until it is canceled; trouble waits for the next time."""
    while True:
        for purge in purges:
            try:
                deleted = await _purge(pool, purge)
            except (Error, PoolTimeout) as error:
                log.warning("purge failed", rows=purge.rows, error=str(error))
            else:
                log.debug("purged", rows=purge.rows, deleted=deleted)
        await asyncio.sleep(INTERVAL_SECONDS)


async def _purge(pool: Pool, purge: Purge) -> int:
    before = datetime.now(UTC) - purge.retention
    deleted = 0
    while True:
        async with pool.connection() as connection:
            batch = await purge.delete(connection, before, BATCH_SIZE)
        deleted += batch
        if batch < BATCH_SIZE:
            return deleted
