"""Both databases, each as it was at one instant."""

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
from transactional_grpc.database._connections import conninfo


class Databases(BaseSettings):
    """The databases, each as a role that may read it, such as the service's own."""

    orders_database_url: SecretStr
    payments_database_url: SecretStr


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The orders as they were before the payments, and as they are after them.

    An order is created before its payment is decided, and ends after that. So the decision of an order that has ended
    in `orders` is in `payments`, and the order of a decision in `payments` is in `orders_now`. Neither needs the
    services to stand still.
    """

    orders: Orders
    payments: Payments
    orders_now: Orders
    now: datetime
    """The instant of the payments' snapshot, by the clock of their database."""


@asynccontextmanager
async def open_snapshots(databases: Databases) -> AsyncIterator[Snapshots]:
    """Opens the snapshots; they hold vacuum back until they are closed.

    Raises:
        OperationalError: a database can't be reached.
        ValueError: a URL is malformed.
    """
    orders_url = databases.orders_database_url.get_secret_value()
    payments_url = databases.payments_database_url.get_secret_value()
    async with (
        _snapshot(orders_url) as before,
        _snapshot(payments_url) as between,
        _snapshot(orders_url) as after,
    ):
        # A snapshot is taken by the first query of its transaction.
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
