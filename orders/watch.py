"""Tells clients that wait for an order about its end."""

from uuid import UUID

from shop.orders.db.models import Order
from shop.orders.db.querier import AsyncQuerier
from transactional_grpc.database import RowWatch

OrderWatch = RowWatch[AsyncQuerier, UUID, Order]


def order_watch() -> OrderWatch:
    """Returns a watch without watchers, for one process."""
    return OrderWatch(lambda db, ids: db.get_order_batch(ids))
