"""A client may go away at any moment of its request's transaction."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from psycopg import waiting
from psycopg.pq import PipelineStatus, TransactionStatus

from runtime.database import Database, Pool, open_pool
from runtime.messaging.outbox import Outbox
from stack.running import Running

pytestmark = pytest.mark.anyio
STEPS = 60
"""More than a transaction has places where it can be canceled."""


@pytest.fixture
async def pool(infrastructure: Running) -> AsyncIterator[Pool]:
    async with open_pool(infrastructure.endpoints.superuser_database_url, "test") as opened:
        yield opened


async def write(pool: Pool) -> None:
    database = Database(pool, lambda connection: connection, Outbox({}))
    async with database.write() as tx:
        cursor = await tx.db.execute("SELECT 1")
        await cursor.fetchone()
        await tx.db.execute("SELECT 2")


async def test_a_cancellation_leaves_no_connection_in_work(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # psycopg yields to others between any two steps, as it does on a busy machine.
    monkeypatch.setattr(waiting, "MAX_BUSY_TIME", 0)
    ended = 0
    for steps in range(STEPS):
        task = asyncio.create_task(write(pool))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait((task,))
        ended += not task.cancelled()
        async with pool.connection() as connection:
            state = connection.info.pipeline_status, connection.info.transaction_status
        assert state == (PipelineStatus.OFF, TransactionStatus.IDLE), f"canceled at step {steps}"
    assert ended, "not even the last one had the time to end: there are more steps"
