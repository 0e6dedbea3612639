"""Snapshots of both databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection, IsolationLevel
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from shop.orders.db.audit import AsyncQuerier as Orders
from shop.payments.db.audit import AsyncQuerier as Payments
from transactional_grpc.database import conninfo


class Databases(BaseSettings):
    """The URLs of the databases, with roles that may read them, such as the roles of the services."""

    orders_database_url: SecretStr
    payments_database_url: SecretStr


@dataclass(frozen=True, slots=True)
class Snapshots:
    """A snapshot of payments between two snapshots of orders.

    An order is created before its payment is decided, and ends afterwards, unless its user cancels it. So `payments`
    contains the decision of every other order that has ended in `orders`, and `orders_now` contains the order of every
    decision in `payments`, although the services change both databases meanwhile. A user cancels an order before payments
    reads that: `orders_now` contains the cancellation of every refund in `payments`.
    """

    orders: Orders
    payments: Payments
    orders_now: Orders
    now: datetime
    """The time of the snapshot of payments, by the clock of its database."""


@asynccontextmanager
async def open_snapshots(databases: Databases) -> AsyncIterator[Snapshots]:
    """Opens the snapshots. Until they are closed, vacuum can't remove rows that they see.

    Raises:
        OperationalError: A database is unreachable.
        ValueError: A URL is malformed.
    """
    orders_url = databases.orders_database_url.get_secret_value()
    payments_url = databases.payments_database_url.get_secret_value()
    async with (
        _snapshot(orders_url) as before,
        _snapshot(payments_url) as between,
        _snapshot(orders_url) as after,
    ):
        # The first query of a transaction takes its snapshot.
        await Orders(before).take_snapshot()
        now = await Payments(between).take_snapshot()
        await Orders(after).take_snapshot()
        assert now  # noqa: S101 - the query always returns a row
        yield Snapshots(
            Orders(before),
            Payments(between),
            Orders(after),
            now,
        )


@asynccontextmanager
async def _snapshot(url: str) -> AsyncIterator[AsyncConnection[Any]]:
    connection = await AsyncConnection.connect(conninfo(url, "audit"))
    async with connection:
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)
        yield connection
