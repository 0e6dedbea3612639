"""A copy of orders without a database: `copy_process.py HOST:PORT`. Its responses contain that address.

GRPC_TRANSPORT names the implementation of gRPC that serves, as for the services.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from shop.orders.v1.order_pb2 import Order
from shop.orders.v1.order_service_pb2 import (
    DESCRIPTOR,
    CreateOrderRequest,
    CreateOrderResponse,
    GetOrderRequest,
    GetOrderResponse,
)
from transactional_grpc.database import Database, Transaction
from transactional_grpc.process import live, stop_signal
from transactional_grpc.server import GrpcTransport, Method, Server, Service

T = TypeVar("T")
SERVICE = DESCRIPTOR.services_by_name["OrdersService"].full_name


class NoDatabase(Database[None]):
    """Stands for the database of methods that use none."""

    def __init__(self) -> None:
        """Opens nothing."""

    async def run(
        self,
        work: Callable[[Transaction[None]], Awaitable[T]],
        *,
        writes: bool = True,
        shared: bool = False,
        correlation_id: str = "",
    ) -> T:
        """Runs the work without a transaction."""
        del writes, shared, correlation_id
        return await work(cast("Transaction[None]", None))


async def main(address: str, transport: GrpcTransport) -> None:
    order = Order(id="019a0000-0000-7000-8000-000000000000", description=address)

    async def get(_: Any, __: GetOrderRequest) -> GetOrderResponse:
        return GetOrderResponse(order=order)

    async def create(_: Any, __: CreateOrderRequest) -> CreateOrderResponse:
        return CreateOrderResponse(order=order)

    methods = (
        Method(
            "GetOrder", get, GetOrderRequest, GetOrderResponse, writes=False, idempotency_scope=""
        ),
        Method(
            "CreateOrder",
            create,
            CreateOrderRequest,
            CreateOrderResponse,
            writes=False,
            idempotency_scope="",
        ),
    )
    stop = stop_signal()
    server = Server(address, transport)
    server.add(Service(SERVICE, "orders.shop", methods), NoDatabase())
    await live(server, [], [], stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], GrpcTransport(os.environ["GRPC_TRANSPORT"])))
