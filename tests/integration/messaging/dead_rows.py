"""Creates dead rows that VACUUM can't remove, and counts how many of them queries read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection


@asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[None]:
    """Holds a snapshot, as a backup does: VACUUM can't remove rows that are deleted meanwhile."""
    async with await AsyncConnection.connect(url) as connection:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        await connection.execute("SELECT 1")
        yield


async def add_dead_rows(connection: AsyncConnection[Any], count: int, buckets: int) -> None:
    """Inserts rows into the outbox and deletes them."""
    await connection.execute(
        "INSERT INTO outbox (bucket, topic, key, value, event_id, event_type, occurred_at, request_id) "
        "SELECT number %% %s, 't', 'k', '', gen_random_uuid(), 'E', now(), '' "
        "FROM generate_series(1, %s) AS number",
        (buckets, count),
    )
    await connection.execute("DELETE FROM outbox")


async def entries_read(connection: AsyncConnection[Any], index: str) -> int:
    """Returns how many entries of an index were read, by this session and by sessions that have been idle since."""
    await connection.execute("SELECT pg_stat_force_next_flush()")
    query = "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = %s"
    return await _number(connection, query, index)


async def scans(connection: AsyncConnection[Any], index: str) -> int:
    """Returns how many scans of an index were started."""
    query = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = %s"
    return await _number(connection, query, index)


async def rows_read(connection: AsyncConnection[Any], table: str) -> int:
    """Returns how many rows were read by sequential scans of a table."""
    await connection.execute("SELECT pg_stat_force_next_flush()")
    query = "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = %s"
    return await _number(connection, query, table)


async def _number(connection: AsyncConnection[Any], query: str, name: str) -> int:
    row = await (await connection.execute(query.encode(), (name,))).fetchone()
    assert row
    return int(row[0])
