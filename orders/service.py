"""Implements OrdersService."""

from uuid import UUID

from uuid_utils.compat import uuid7

from orders.conversions import new_order_message, order_created, order_message
from shop.orders.db.models import Order
from shop.orders.db.orders import CreateOrderParams, ListOrdersByStatusParams
from shop.orders.db.querier import AsyncQuerier
from shop.orders.events.v1.order_event_kafka import publish
from shop.orders.v1 import order_pb2
from shop.orders.v1.error_reason_errors import order_not_found
from shop.orders.v1.order_service_pb2 import (
    CreateOrderRequest,
    CreateOrderResponse,
    GetOrderRequest,
    GetOrderResponse,
    ListOrdersRequest,
    ListOrdersResponse,
)
from shop.orders.v1.order_service_rpc import OrdersService
from transactional_grpc.database import Transaction
from transactional_grpc.paging import Page

Tx = Transaction[AsyncQuerier]


class Orders(OrdersService[AsyncQuerier]):
    """Creates and reads orders."""

    async def create_order(self, tx: Tx, request: CreateOrderRequest) -> CreateOrderResponse:
        """Stores the order with the status NEW and publishes OrderCreated, atomically."""
        order = CreateOrderParams(
            id=uuid7(),
            user_id=UUID(request.user_id),
            amount=request.amount,
            description=request.description,
            created_at=tx.now,
        )
        await tx.db.create_order(order)
        publish(tx, order_created(order))
        return CreateOrderResponse(order=new_order_message(order))

    async def get_order(self, tx: Tx, request: GetOrderRequest) -> GetOrderResponse:
        """Reads an order."""
        order = await tx.db.get_order(id=UUID(request.order_id))
        if order is None:
            raise order_not_found(order_id=request.order_id)
        return GetOrderResponse(order=order_message(order))

    async def list_orders(self, tx: Tx, request: ListOrdersRequest) -> ListOrdersResponse:
        """Lists a user's orders, newest first."""
        page = Page.of(request)
        orders, next_page_token = page.cut(await _page_of_orders(tx, request, page))
        return ListOrdersResponse(
            orders=map(order_message, orders), next_page_token=next_page_token
        )


async def _page_of_orders(tx: Tx, request: ListOrdersRequest, page: Page) -> list[Order]:
    user_id = UUID(request.user_id)
    if not request.status:
        return await tx.db.list_orders(
            user_id=user_id,
            before_created_at=page.before_created_at,
            before_id=page.before_id,
            page_size=page.limit,
        )
    return await tx.db.list_orders_by_status(
        ListOrdersByStatusParams(
            user_id=user_id,
            status=order_pb2.Order.Status.Name(request.status),
            before_created_at=page.before_created_at,
            before_id=page.before_id,
            page_size=page.limit,
        )
    )
