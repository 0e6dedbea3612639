"""Transactions that are canceled at any step, or whose statements fail, leave a usable pool."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any, LiteralString, cast

import pytest
from psycopg import AsyncConnection, AsyncRawCursor, OperationalError, waiting
from psycopg.errors import DivisionByZero
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import tuple_row

from embedded_stack.testing import Running
from transactional_events.outbox import Outbox
from transactional_grpc.database import UNAVAILABLE, Database, Pool, Transaction, open_pool
from transactional_grpc.database import _pool as pools
from transactional_grpc.database._connections import SILENCE_SECONDS_MAX
from transactional_grpc.database._pipelined_connection import PipelinedConnection

pytestmark = pytest.mark.anyio
STEPS = 60
"""More than the number of steps at which a transaction can be canceled."""
SECONDS_MAX = 10


@pytest.fixture
async def pool(postgres: Running) -> AsyncIterator[Pool]:
    async with open_pool(postgres.endpoints.superuser_database_url, "test") as opened:
        yield opened


def query_cursor(connection: PipelinedConnection) -> AsyncRawCursor[Any]:
    """Returns the cursor of a generated query."""
    return connection.query_cursor(tuple_row)


def own_cursor(connection: PipelinedConnection) -> AsyncRawCursor[Any]:
    """Returns the cursor of a rule that writes its own SQL."""
    return AsyncRawCursor(connection)


BOTH = pytest.mark.parametrize("cursor_of", [query_cursor, own_cursor])
CursorOf = Callable[[PipelinedConnection], AsyncRawCursor[Any]]


def database_of(pool: Pool) -> Database[PipelinedConnection]:
    """Returns a database whose queries are a connection."""
    return Database(pool, lambda connection: cast("PipelinedConnection", connection), (Outbox({}),))


async def write(pool: Pool, *statements: LiteralString, cursor_of: CursorOf = query_cursor) -> None:
    async with database_of(pool).write() as tx:
        for statement in statements:
            cursor = cursor_of(tx.db)
            await cursor.execute(statement, (), prepare=True)
            await cursor.fetchone()


@BOTH
async def test_a_canceled_transaction_returns_an_idle_connection(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, cursor_of: CursorOf
) -> None:
    # psycopg yields to others between any two steps, as it does on a busy machine.
    monkeypatch.setattr(waiting, "MAX_BUSY_TIME", 0)
    ended = 0
    for steps in range(STEPS):
        task = asyncio.create_task(write(pool, "SELECT 1", "SELECT 2", cursor_of=cursor_of))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait((task,))
        ended += not task.cancelled()
        async with pool.connection() as connection:
            state = connection.info.pipeline_status, connection.info.transaction_status
        assert state == (PipelineStatus.OFF, TransactionStatus.IDLE), f"canceled at step {steps}"
    assert ended, "no transaction ended before its cancellation: increase STEPS"


async def test_cancellation_while_a_connection_is_returned_loses_no_connection(pool: Pool) -> None:
    entered, leaving = asyncio.Event(), asyncio.Event()

    async def use() -> None:
        async with pool.connection():
            entered.set()
            await leaving.wait()

    task = asyncio.create_task(use())
    await entered.wait()
    async with pool._lock:  # as other tasks hold it for a moment
        leaving.set()
        for _ in range(STEPS):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait((task,))
    assert task.cancelled()
    async with pool.connection():
        assert pool.get_stats()["pool_size"] == 1


@BOTH
async def test_failed_transactions_leave_no_prepared_statements_behind(
    pool: Pool, cursor_of: CursorOf
) -> None:
    for _ in range(3):
        with pytest.raises(DivisionByZero):
            await write(pool, "SELECT 1", "SELECT 2", "SELECT 1 / 0", cursor_of=cursor_of)
    async with pool.connection() as connection:
        rows = await connection.execute(
            "SELECT max(count) FROM (SELECT count(*) FROM pg_prepared_statements GROUP BY statement)"
        )
        assert await rows.fetchone() in {(None,), (1,)}


async def test_failed_sql_of_a_rule_leaves_no_prepared_statements_behind(pool: Pool) -> None:
    async def query_and_fail(tx: Transaction[PipelinedConnection]) -> None:
        await query_cursor(tx.db).execute("SELECT 1", ())
        await tx.db.execute("SELECT 1 / 0", prepare=False)

    for _ in range(3):
        with pytest.raises(DivisionByZero):
            await database_of(pool).run(query_and_fail)
    async with pool.connection() as connection:
        rows = await connection.execute("SELECT count(*) FROM pg_prepared_statements")
        assert await rows.fetchone() in {(0,), (1,)}


async def test_failed_statement_is_reported_instead_of_the_abort_of_the_commit(pool: Pool) -> None:
    for _ in range(10):
        with pytest.raises(DivisionByZero):
            async with database_of(pool).write() as tx:
                await query_cursor(tx.db).execute("SELECT 1 / length(pg_sleep(0.01)::text)", ())


@BOTH
async def test_a_process_that_freezes_in_a_transaction_loses_its_locks(
    pool: Pool, postgres: Running, monkeypatch: pytest.MonkeyPatch, cursor_of: CursorOf
) -> None:
    # The pool that waits for the lock is open already and keeps its own time-out.
    monkeypatch.setattr(pools, "TRANSACTION_MS_MAX", 1_000)
    lock = "SELECT pg_advisory_xact_lock(71)"
    locked, awake = asyncio.Event(), asyncio.Event()

    async def freeze(pool: Pool) -> None:
        async with database_of(pool).write() as tx:
            await (await cursor_of(tx.db).execute(lock, ())).fetchone()
            locked.set()
            # To the server, a silent process is like a frozen one.
            await awake.wait()
            await (await cursor_of(tx.db).execute("SELECT 1", ())).fetchone()

    async with open_pool(postgres.endpoints.superuser_database_url, "test") as short_lived:
        frozen = asyncio.create_task(freeze(short_lived))
        await locked.wait()
        await write(pool, lock)
        awake.set()
        with pytest.raises(UNAVAILABLE):
            await frozen


async def test_a_session_that_the_server_ended_fails_one_transaction(
    pool: Pool, postgres: Running
) -> None:
    url = postgres.endpoints.superuser_database_url
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(pool.connection())
    async with await AsyncConnection.connect(url, autocommit=True) as administrator:
        ended = await administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test'"
        )
    with pytest.raises(OperationalError):
        await write(pool, "SELECT 1")
    for _ in range(8):
        await write(pool, "SELECT 1")
    assert ended.rowcount >= 4


async def test_cancellation_while_the_pool_is_checked_lets_the_check_end(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pool.connection(), pool.connection():
        pass  # so the pool keeps another connection than the one that breaks
    checking, proceed = asyncio.Event(), asyncio.Event()

    async def check(_: Any) -> None:
        checking.set()
        await proceed.wait()

    async def use() -> None:
        async with database_of(pool).read() as tx:
            tx.connection.pgconn.finish()
            await query_cursor(tx.db).execute("SELECT 1", ())

    monkeypatch.setattr(pool, "check_connection", check)
    task = asyncio.create_task(use())
    async with asyncio.timeout(SECONDS_MAX):
        await checking.wait()
        task.cancel()
        await asyncio.wait((task,))
        proceed.set()
        while (found := pool.get_stats())["pool_available"] != found["pool_size"]:  # noqa: ASYNC110 - the pool tells nobody
            await asyncio.sleep(0.01)


async def test_the_kernel_ends_connections_to_an_unresponsive_machine(pool: Pool) -> None:
    """Reads the options of the socket, because only a broken network would show their effect."""
    async with pool.connection() as connection:
        with socket.socket(fileno=os.dup(connection.fileno())) as tcp:
            options = [
                tcp.getsockopt(socket.IPPROTO_TCP, option)
                for option in (
                    socket.TCP_KEEPIDLE,
                    socket.TCP_KEEPINTVL,
                    socket.TCP_KEEPCNT,
                    socket.TCP_USER_TIMEOUT,
                )
            ]
            assert tcp.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    idle, interval, count, unacknowledged_ms = options
    assert idle + interval * count == SILENCE_SECONDS_MAX
    assert unacknowledged_ms == SILENCE_SECONDS_MAX * 1000
