"""The orders' queries three ways: generated, by hand, and as upstream's plugin generates them.

Each contender has a connection of its own. All three use psycopg as it is by default and send the
same SQL. psycopg and SQLAlchemy alike begin a transaction with the first query and stay in it until
`commit`.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy
from sqlalchemy.ext.asyncio import AsyncConnection as AlchemyAsyncConnection

from shop.orders.db import models, orders

PAGE_SIZE = 50
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
LAST_ID = UUID(int=2**128 - 1)


class Contender(ABC):
    """The calls that are timed."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn

    @abstractmethod
    def get_order(self, id_: UUID) -> Any: ...

    @abstractmethod
    def list_orders(self, user_id: UUID) -> Any: ...

    def transaction(self, id_: UUID) -> Any:
        order = self.get_order(id_)
        self._conn.commit()
        return order


class AsyncContender(Contender):
    """The same, awaited."""

    async def transaction(self, id_: UUID) -> Any:
        order = await self.get_order(id_)
        await self._conn.commit()
        return order


class Generated(Contender):
    """The sync querier, made for each call as the services make theirs."""

    def __init__(self, conn: psycopg.Connection, querier: Any) -> None:
        super().__init__(conn)
        self._querier = querier

    def get_order(self, id_: UUID) -> Any:
        return self._querier(self._conn).get_order(id=id_)

    def list_orders(self, user_id: UUID) -> Any:
        rows = self._querier(self._conn).list_orders(
            user_id=user_id, before_created_at=END_OF_TIME, before_id=LAST_ID, page_size=PAGE_SIZE
        )
        return rows.all()


class AsyncGenerated(AsyncContender):
    """The async querier, likewise."""

    _conn: psycopg.AsyncConnection

    async def get_order(self, id_: UUID) -> models.Order | None:
        return await orders.AsyncQuerier(self._conn).get_order(id=id_)

    async def list_orders(self, user_id: UUID) -> list[models.Order]:
        return await orders.AsyncQuerier(self._conn).list_orders(
            user_id=user_id, before_created_at=END_OF_TIME, before_id=LAST_ID, page_size=PAGE_SIZE
        )


HAND_GET_ORDER = re.sub(r"\$\d+", "%s", orders.GET_ORDER)
HAND_LIST_ORDERS = re.sub(r"\$\d+", "%s", orders.LIST_ORDERS)


class HandWritten(Contender):
    """What one writes with psycopg: positional parameters, tuple rows, a dataclass."""

    _conn: psycopg.Connection

    def get_order(self, id_: UUID) -> models.Order | None:
        row = self._conn.execute(HAND_GET_ORDER, (id_,)).fetchone()
        return models.Order(*row) if row else None

    def list_orders(self, user_id: UUID) -> list[models.Order]:
        params = (user_id, END_OF_TIME, LAST_ID, PAGE_SIZE)
        return [models.Order(*row) for row in self._conn.execute(HAND_LIST_ORDERS, params)]


class AsyncHandWritten(AsyncContender):
    """The same, awaited."""

    _conn: psycopg.AsyncConnection

    async def get_order(self, id_: UUID) -> models.Order | None:
        cur = await self._conn.execute(HAND_GET_ORDER, (id_,))
        row = await cur.fetchone()
        return models.Order(*row) if row else None

    async def list_orders(self, user_id: UUID) -> list[models.Order]:
        params = (user_id, END_OF_TIME, LAST_ID, PAGE_SIZE)
        cur = await self._conn.execute(HAND_LIST_ORDERS, params)
        return [models.Order(*row) for row in await cur.fetchall()]


ALCHEMY_GET_ORDER = re.sub(r"\$(\d+)", r":p\1", orders.GET_ORDER.replace(":", r"\:"))
ALCHEMY_LIST_ORDERS = re.sub(r"\$(\d+)", r":p\1", orders.LIST_ORDERS.replace(":", r"\:"))


class Alchemy(Contender):
    """What upstream generates: text with named parameters, `execute`, a class by keywords."""

    _conn: sqlalchemy.Connection

    def get_order(self, id_: UUID) -> models.Order | None:
        row = self._conn.execute(sqlalchemy.text(ALCHEMY_GET_ORDER), {"p1": id_}).first()
        return None if row is None else _order(row)

    def list_orders(self, user_id: UUID) -> list[models.Order]:
        params = {"p1": user_id, "p2": END_OF_TIME, "p3": LAST_ID, "p4": PAGE_SIZE}
        result = self._conn.execute(sqlalchemy.text(ALCHEMY_LIST_ORDERS), params)
        return [_order(row) for row in result]


class AsyncAlchemy(AsyncContender):
    """The same, awaited; upstream's async lists are streamed, from a cursor in the server."""

    _conn: AlchemyAsyncConnection

    async def get_order(self, id_: UUID) -> models.Order | None:
        row = (await self._conn.execute(sqlalchemy.text(ALCHEMY_GET_ORDER), {"p1": id_})).first()
        return None if row is None else _order(row)

    async def list_orders(self, user_id: UUID) -> list[models.Order]:
        params = {"p1": user_id, "p2": END_OF_TIME, "p3": LAST_ID, "p4": PAGE_SIZE}
        result = await self._conn.stream(sqlalchemy.text(ALCHEMY_LIST_ORDERS), params)
        return [_order(row) async for row in result]


def _order(row: Sequence[Any]) -> models.Order:
    return models.Order(
        id=row[0],
        user_id=row[1],
        amount=row[2],
        description=row[3],
        status=row[4],
        cancel_reason=row[5],
        created_at=row[6],
        updated_at=row[7],
    )
