"""Rows that were deleted and can't be removed, and what queries visit of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection


@asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[None]:
    """Holds a snapshot, as a backup or a report does."""
    async with await AsyncConnection.connect(url) as connection:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        await connection.execute("SELECT 1")
        yield


async def add_dead_rows(connection: AsyncConnection[Any], count: int, buckets: int) -> None:
    """Adds rows to the outbox and deletes them."""
    await connection.execute(
        "INSERT INTO outbox (bucket, topic, key, value, event_id, event_type, occurred_at, request_id) "
        "SELECT number %% %s, 't', 'k', '', gen_random_uuid(), 'E', now(), '' "
        "FROM generate_series(1, %s) AS number",
        (buckets, count),
    )
    await connection.execute("DELETE FROM outbox")


async def entries_read(connection: AsyncConnection[Any], index: str) -> int:
    """How many entries of an index were read so far, by this session and those that were idle for a while."""
    await connection.execute("SELECT pg_stat_force_next_flush()")
    query = "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = %s"
    return await _number(connection, query, index)


async def scans(connection: AsyncConnection[Any], index: str) -> int:
    """How often an index was scanned so far."""
    query = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = %s"
    return await _number(connection, query, index)


async def rows_read(connection: AsyncConnection[Any], table: str) -> int:
    """How many rows sequential scans of a table have read so far."""
    await connection.execute("SELECT pg_stat_force_next_flush()")
    query = "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = %s"
    return await _number(connection, query, table)


async def _number(connection: AsyncConnection[Any], query: str, name: str) -> int:
    row = await (await connection.execute(query.encode(), (name,))).fetchone()
    assert row
    return int(row[0])
