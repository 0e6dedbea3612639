"""What a service implements. Generated from shop/orders/v1/order_service.proto by protoc-gen-service-python; do not edit."""

from abc import abstractmethod
from typing import Protocol, TypeVar

from shop.orders.v1.order_service_pb2 import (
    CreateOrderRequest,
    CreateOrderResponse,
    GetOrderRequest,
    GetOrderResponse,
    ListOrdersRequest,
    ListOrdersResponse,
)
from transactional_grpc.database import Transaction
from transactional_grpc.server import Method, Service

D = TypeVar("D")


class OrdersService(Protocol[D]):
    """Creates and reads orders."""

    @abstractmethod
    async def create_order(
        self, tx: Transaction[D], request: CreateOrderRequest
    ) -> CreateOrderResponse:
        """Create an order.

        The order is stored with the status `NEW` and is paid in the background. Read it again until its status is `FINISHED`
        or `CANCELED`.
        """
        ...

    @abstractmethod
    async def get_order(self, tx: Transaction[D], request: GetOrderRequest) -> GetOrderResponse:
        """Read an order.

        An order with the status `NEW` is still being paid.
        """
        ...

    @abstractmethod
    async def list_orders(
        self, tx: Transaction[D], request: ListOrdersRequest
    ) -> ListOrdersResponse:
        """List a user's orders, newest first.

        Orders that are created while a client reads the pages don't shift the later pages.
        """
        ...


def orders_service(implementation: OrdersService[D]) -> Service[D]:
    """Binds an implementation to the contract's method names."""
    return Service(
        name="shop.orders.v1.OrdersService",
        domain="orders.shop",
        methods=(
            Method(
                name="CreateOrder",
                call=implementation.create_order,
                request=CreateOrderRequest,
                writes=True,
                idempotency_scope="user_id",
            ),
            Method(
                name="GetOrder",
                call=implementation.get_order,
                request=GetOrderRequest,
                writes=False,
                idempotency_scope="",
            ),
            Method(
                name="ListOrders",
                call=implementation.list_orders,
                request=ListOrdersRequest,
                writes=False,
                idempotency_scope="",
            ),
        ),
    )
