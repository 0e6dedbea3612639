"""Look-ups by key share their queries."""

import asyncio
from uuid import uuid4

import pytest
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from shop.orders.db.models import Order
from shop.orders.db.querier import AsyncQuerier
from tests.integration.runtime.batches.orders import (
    STEPS,
    Tx,
    create,
    get,
    order,
)
from transactional_grpc.database import Database, Pool
from transactional_grpc.database import _pool as pools

pytestmark = pytest.mark.anyio


async def test_lookups_share_a_query_and_each_gets_its_row(
    database: Database[AsyncQuerier],
) -> None:
    orders = [order() for _ in range(40)]
    await asyncio.gather(*(create(database, new) for new in orders))
    keys = [*(new.id for new in orders), uuid4(), orders[3].id]
    found = await asyncio.gather(*(get(database, key) for key in keys))
    assert [row and row.id for row in found] == [*keys[:-2], None, orders[3].id]


async def test_a_canceled_lookup_leaves_the_others_alone(
    database: Database[AsyncQuerier], pool: Pool
) -> None:
    new = order()
    await create(database, new)
    for steps in range(STEPS):
        reads = [asyncio.create_task(get(database, new.id)) for _ in range(3)]
        for _ in range(steps):
            await asyncio.sleep(0)
        canceled = reads.pop(steps % 2)
        canceled.cancel()
        await asyncio.wait((canceled,))
        assert [row and row.id for row in await asyncio.gather(*reads)] == [new.id] * 2
    async with pool.connection() as connection:
        assert connection.info.transaction_status == TransactionStatus.IDLE


async def test_lookups_fail_with_the_pool(database: Database[AsyncQuerier], pool: Pool) -> None:
    held = [await pool.getconn() for _ in range(pools.POOL_SIZE_MAX)]
    pool.timeout = 0.2
    reads = (get(database, uuid4()) for _ in range(3))
    results = await asyncio.gather(*reads, return_exceptions=True)
    for connection in held:
        await pool.putconn(connection)
    assert [type(result) for result in results] == [PoolTimeout] * 3
    assert await get(database, uuid4()) is None


async def test_a_lookup_sees_each_commit_before_it(database: Database[AsyncQuerier]) -> None:
    async def write_and_read() -> None:
        for _ in range(10):
            new = order()
            missing = asyncio.create_task(get(database, new.id))  # under way during the commit
            await asyncio.sleep(0)
            await create(database, new)
            assert await get(database, new.id) is not None
            await missing

    await asyncio.gather(*(write_and_read() for _ in range(16)))


async def test_a_read_that_awaits_other_rows_connects(database: Database[AsyncQuerier]) -> None:
    new = order()
    await create(database, new)

    async def read(tx: Tx) -> list[Order]:
        assert await tx.db.get_order(id=new.id)
        before = new.created_at.replace(year=9999)
        rows = await tx.db.list_orders(
            user_id=new.user_id, before_created_at=before, before_id=new.id, page_size=9
        )
        assert await tx.db.get_order(id=new.id) == rows[0]
        return rows

    assert len(await database.run(read, writes=False, shared=True)) == 1
