"""Implements OrdersService."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from orders.conversions import new_order_message, order_canceled, order_created, order_message
from orders.watch import OrderWatch
from shop.orders.db.models import Order
from shop.orders.db.orders import CreateOrderParams, ListOrdersByStatusParams
from shop.orders.db.querier import AsyncQuerier
from shop.orders.events.v1.order_event_kafka import publish
from shop.orders.v1 import order_pb2
from shop.orders.v1.error_reason_errors import order_ended, order_not_found
from shop.orders.v1.order_service_pb2 import (
    CancelOrderRequest,
    CancelOrderResponse,
    CreateOrderRequest,
    CreateOrderResponse,
    GetOrderRequest,
    GetOrderResponse,
    ListOrdersRequest,
    ListOrdersResponse,
    WatchOrderRequest,
    WatchOrderResponse,
)
from shop.orders.v1.order_service_rpc import OrdersService
from transactional_grpc.database import Database, Transaction
from transactional_grpc.paging import Page

Tx = Transaction[AsyncQuerier]
CANCELED_BY_USER = order_pb2.Order.CancelReason.Name(order_pb2.Order.CANCELED_BY_USER)


@dataclass(frozen=True)
class Orders(OrdersService[AsyncQuerier]):
    """Creates, reads and cancels orders, and tells when they end."""

    watch: OrderWatch

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

    async def cancel_order(self, tx: Tx, request: CancelOrderRequest) -> CancelOrderResponse:
        """Cancels an order that is NEW and publishes OrderCanceled, atomically."""
        order_id = UUID(request.order_id)
        if order := await tx.db.cancel_order(id=order_id, canceled_at=tx.now):
            publish(tx, order_canceled(order))
            self.watch.changes(tx, [order_id])
        elif (order := await tx.db.get_order(id=order_id)) is None:
            raise order_not_found(order_id=request.order_id)
        response = CancelOrderResponse(order=order_message(order))
        if order.cancel_reason != CANCELED_BY_USER:
            raise order_ended(order_id=request.order_id, status=order.status).about(response)
        return response

    async def watch_order(
        self, db: Database[AsyncQuerier], request: WatchOrderRequest
    ) -> AsyncGenerator[WatchOrderResponse, None]:
        """Streams an order as it is, and once more when it has ended."""
        async for order in self.watch.rows(db, UUID(request.order_id)):
            if order is None:
                raise order_not_found(order_id=request.order_id)
            yield WatchOrderResponse(event_id=order.status, order=order_message(order))
            if order.status != order_pb2.Order.Status.Name(order_pb2.Order.NEW):
                return

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
