"""The orders' queries in memory. OrderCases hold on them and on PostgreSQL."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from orders.service import Orders
from orders.watch import order_watch
from shop.orders.db import models
from shop.orders.db.orders import (
    CreateOrderParams,
    EndOrderParams,
    EndOrderRow,
    ListOrdersByStatusParams,
)
from shop.orders.db.querier import AsyncQuerier
from shop.orders.v1.order_service_rpc import orders_service
from tests.rules import Rows, Rules, in_memory


@dataclass
class Tables:
    orders: dict[UUID, models.Order] = field(default_factory=dict)


class InMemoryOrders(AsyncQuerier):
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def create_order(self, arg: CreateOrderParams) -> None:
        self._tables.orders[arg.id] = models.Order(
            id=arg.id,
            user_id=arg.user_id,
            amount=arg.amount,
            description=arg.description,
            status="NEW",
            cancel_reason="",
            created_at=arg.created_at,
            updated_at=arg.created_at,
        )

    async def get_order(self, *, id: UUID) -> models.Order | None:  # noqa: A002 - the column's name
        return self._tables.orders.get(id)

    async def cancel_order(
        self,
        *,
        canceled_at: datetime,
        id: UUID,  # noqa: A002 - the column's name
    ) -> models.Order | None:
        order = self._tables.orders.get(id)
        if order is None or order.status != "NEW":
            return None
        self._tables.orders[id] = replace(
            order, status="CANCELED", cancel_reason="CANCELED_BY_USER", updated_at=canceled_at
        )
        return self._tables.orders[id]

    async def get_order_batch(self, args: Iterable[UUID]) -> list[models.Order | None]:
        return [self._tables.orders.get(key) for key in args]

    def list_orders(
        self, *, user_id: UUID, before_created_at: datetime, before_id: UUID, page_size: int
    ) -> Rows[models.Order]:
        before = (before_created_at, before_id)
        return self._page(lambda order: order.user_id == user_id, before, page_size)

    def list_orders_by_status(self, arg: ListOrdersByStatusParams) -> Rows[models.Order]:
        return self._page(
            lambda order: (order.user_id, order.status) == (arg.user_id, arg.status),
            (arg.before_created_at, arg.before_id),
            arg.page_size,
        )

    async def end_order(self, args: Iterable[EndOrderParams]) -> list[EndOrderRow | None]:
        return [self._end(arg) for arg in args]

    def _page(
        self, matches: Callable[[models.Order], bool], before: tuple[datetime, UUID], size: int
    ) -> Rows[models.Order]:
        newest_first = sorted(
            self._tables.orders.values(),
            key=lambda order: (order.created_at, order.id),
            reverse=True,
        )
        older = [order for order in newest_first if (order.created_at, order.id) < before]
        return Rows([order for order in older if matches(order)][:size])

    def _end(self, end: EndOrderParams) -> EndOrderRow | None:
        order = self._tables.orders.get(end.id)
        if order is None:
            return None
        if order.status == "NEW":
            order = replace(
                order,
                status=end.status,
                cancel_reason=end.cancel_reason,
                updated_at=end.ended_at,
            )
            self._tables.orders[end.id] = order
        return EndOrderRow(order.user_id, order.status, order.cancel_reason)


def orders_in_memory() -> Rules[AsyncQuerier]:
    """Returns the service's rules over tables of their own."""
    tables = Tables()
    queries: AsyncQuerier = InMemoryOrders(tables)
    return Rules(orders_service(Orders(order_watch())), in_memory(tables, queries))
