"""Converts rows of the orders database to messages of the contract."""

from shop.orders.db import models
from shop.orders.db.orders import CreateOrderParams
from shop.orders.events.v1.order_event_pb2 import OrderCanceled, OrderCreated
from shop.orders.v1.order_pb2 import Order
from transactional_grpc.timestamps import timestamp


def order_message(order: models.Order) -> Order:
    """Returns the message of a stored order."""
    return Order(
        id=str(order.id),
        user_id=str(order.user_id),
        amount=order.amount,
        description=order.description,
        status=Order.Status.Value(order.status),
        cancel_reason=order.cancel_reason,
        created_at=timestamp(order.created_at),
        updated_at=timestamp(order.updated_at),
    )


def new_order_message(order: CreateOrderParams) -> Order:
    """Returns the message of an order that is being stored."""
    return Order(
        id=str(order.id),
        user_id=str(order.user_id),
        amount=order.amount,
        description=order.description,
        status=Order.NEW,
        created_at=timestamp(order.created_at),
        updated_at=timestamp(order.created_at),
    )


def order_created(order: CreateOrderParams) -> OrderCreated:
    """Returns the event that announces an order."""
    return OrderCreated(
        order_id=str(order.id),
        user_id=str(order.user_id),
        amount=order.amount,
        description=order.description,
    )


def order_canceled(order: models.Order) -> OrderCanceled:
    """Returns the event that announces that the user canceled an order."""
    return OrderCanceled(order_id=str(order.id), user_id=str(order.user_id), amount=order.amount)
