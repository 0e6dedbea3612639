"""Orders that tests store and read in shared transactions."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from shop.orders.db.models import Order
from shop.orders.db.orders import CreateOrderParams
from shop.orders.db.querier import AsyncQuerier
from transactional_grpc.database import Database, Pool, Transaction

Tx = Transaction[AsyncQuerier]
STEPS = 40
"""More turns of the event loop than a shared commit or look-up has points where its caller can be canceled."""


class Hook:
    """Records the transactions that are committed."""

    def __init__(self) -> None:
        self.committed: list[str] = []

    async def before_commit(self, transaction: Transaction[Any]) -> None:
        """Stores nothing."""

    def after_commit(self, transaction: Transaction[Any]) -> None:
        self.committed.append(transaction.correlation_id)


def order(**changes: Any) -> CreateOrderParams:
    values = {"id": uuid4(), "user_id": uuid4(), "amount": 1, "description": "A thing"}
    return CreateOrderParams(**{**values, "created_at": datetime.now(UTC), **changes})


def creating(*orders: CreateOrderParams) -> Callable[[Tx], Awaitable[None]]:
    async def create(tx: Tx) -> None:
        for new in orders:
            await tx.db.create_order(new)

    return create


async def create(database: Database[AsyncQuerier], *orders: CreateOrderParams) -> None:
    await database.run(creating(*orders), shared=True, correlation_id=str(orders[0].id))


async def get(database: Database[AsyncQuerier], order_id: UUID) -> Order | None:
    async def read(tx: Tx) -> Order | None:
        return await tx.db.get_order(id=order_id)

    return await database.run(read, writes=False, shared=True)


async def stored(pool: Pool) -> set[UUID]:
    async with pool.connection() as connection:
        rows = await connection.execute("SELECT id FROM orders")
        return {row[0] async for row in rows}


async def transactions(orders_url: str) -> int:
    """The number of transactions of the database that have written."""
    async with await AsyncConnection.connect(orders_url, autocommit=True) as connection:
        row = await (
            await connection.execute("SELECT count(DISTINCT xmin::text) FROM orders")
        ).fetchone()
        assert row
        return int(row[0])
