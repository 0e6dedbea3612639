"""Transactions that are canceled at any step, or whose statements fail, leave a usable pool."""

import asyncio
import os
import select
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from psycopg import AsyncConnection, AsyncPipeline, AsyncRawCursor, OperationalError, waiting
from psycopg.errors import DivisionByZero
from psycopg.pq import PipelineStatus, TransactionStatus

from embedded_stack.testing import Running
from transactional_events.outbox import Outbox
from transactional_grpc.database import UNAVAILABLE, Database, Pool, open_pool
from transactional_grpc.database import _pool as pools
from transactional_grpc.database._connections import SILENCE_SECONDS_MAX

pytestmark = pytest.mark.anyio
STEPS = 60
"""More than the number of steps at which a transaction can be canceled."""
SECONDS_MAX = 10


@pytest.fixture
async def pool(postgres: Running) -> AsyncIterator[Pool]:
    async with open_pool(postgres.endpoints.superuser_database_url, "test") as opened:
        yield opened


async def write(pool: Pool, *statements: str) -> None:
    async with Database(pool, lambda connection: connection, (Outbox({}),)).write() as tx:
        for statement in statements:
            cursor = AsyncRawCursor(tx.connection)
            await cursor.execute(statement.encode(), prepare=True)
            await cursor.fetchone()


async def test_a_canceled_transaction_returns_an_idle_connection(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # psycopg yields to others between any two steps, as it does on a busy machine.
    monkeypatch.setattr(waiting, "MAX_BUSY_TIME", 0)
    ended = 0
    for steps in range(STEPS):
        task = asyncio.create_task(write(pool, "SELECT 1", "SELECT 2"))
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


async def test_failed_transactions_leave_no_prepared_statements(pool: Pool) -> None:
    for _ in range(3):
        with pytest.raises(DivisionByZero):
            await write(pool, "SELECT 1", "SELECT 2", "SELECT 1 / 0")
    async with pool.connection() as connection:
        rows = await connection.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT _'"
        )
        assert await rows.fetchone() == (0,)


async def test_failed_statement_is_reported_instead_of_the_abort_of_the_commit(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave = AsyncPipeline.__aexit__

    async def leave_after_the_error_has_arrived(self: AsyncPipeline, *exc: Any) -> None:
        await asyncio.to_thread(select.select, [self._conn], [], [], SECONDS_MAX)
        await leave(self, *exc)

    # COMMIT is sent while the statement runs, so the error arrives between COMMIT and the end of the pipeline.
    monkeypatch.setattr(AsyncPipeline, "__aexit__", leave_after_the_error_has_arrived)
    for _ in range(10):  # psycopg sometimes reads both results at once, and reports the first one
        with pytest.raises(DivisionByZero):
            async with Database(pool, lambda connection: connection, ()).write() as tx:
                await tx.connection.execute("SELECT 1 / length(pg_sleep(0.05)::text)")


async def test_a_process_that_freezes_in_a_pipeline_loses_its_locks(
    pool: Pool, postgres: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pool that waits for the lock is open already and keeps its own time-out.
    monkeypatch.setattr(pools, "TRANSACTION_MS_MAX", 1_000)
    lock = "SELECT pg_advisory_xact_lock(71)"
    locked, awake = asyncio.Event(), asyncio.Event()

    async def freeze(pool: Pool) -> None:
        async with Database(pool, lambda connection: connection, (Outbox({}),)).write() as tx:
            await (await tx.connection.execute(lock)).fetchone()
            locked.set()
            # To the server, a silent process is like a frozen one.
            await awake.wait()
            await tx.connection.execute("SELECT 1")

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
