"""The ids of rows that an INSERT returns are known once their transaction is committed, in the order of the rows."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from shop.orders.db.querier import AsyncQuerier
from tests.integration.runtime.batches.orders import Tx, order
from transactional_events.db.outbox import ADD_TO_OUTBOX_BATCH, AddToOutboxParams
from transactional_grpc.database import Database, Inserted, Pool

pytestmark = pytest.mark.anyio


def row() -> AddToOutboxParams:
    now = datetime.now(UTC)
    return AddToOutboxParams(0, "topic", "key", b"value", uuid4(), "Event", now, "")


async def insert(database: Database[AsyncQuerier], count: int, way: str) -> list[tuple[UUID, int]]:
    """Inserts rows, and returns the event id and the id of each one."""
    rows = [row() for _ in range(count)]

    async def work(tx: Tx) -> Inserted:
        await tx.db.create_order(order())
        inserted = await tx.insert(ADD_TO_OUTBOX_BATCH, rows)
        if way == "connected later":
            await tx.connect()
        return inserted

    inserted = await database.run(work, shared=way != "alone")
    return list(zip((row.event_id for row in rows), inserted.ids, strict=True))


@pytest.mark.parametrize("way", ["shared", "alone", "connected later"])
async def test_ids_of_inserted_rows_are_those_that_are_stored(
    database: Database[AsyncQuerier], pool: Pool, way: str
) -> None:
    found = await asyncio.gather(*(insert(database, count, way) for count in (3, 1, 0, 2, 5)))
    pairs = {pair for part in found for pair in part}
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT event_id, id FROM outbox")
        assert pairs == set(await cursor.fetchall())
    assert [len(part) for part in found] == [3, 1, 0, 2, 5]


async def test_statement_without_returning_has_no_ids(database: Database[AsyncQuerier]) -> None:
    async def work(tx: Tx) -> Inserted:
        return await tx.insert(AsyncQuerier.create_order.batch, [order()])  # type: ignore[attr-defined]  # set by a decorator

    assert (await database.run(work, shared=True)).ids == []
