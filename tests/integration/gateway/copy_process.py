"""A copy of orders without a database: `copy_process.py HOST:PORT` answers where it listens."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from runtime.lifetime import live, stop_signal
from runtime.rpc import Method, Service
from runtime.server import Server
from shop.orders.v1.order_pb2 import Order
from shop.orders.v1.order_service_pb2 import (
    DESCRIPTOR,
    CreateOrderRequest,
    CreateOrderResponse,
    GetOrderRequest,
    GetOrderResponse,
)

SERVICE = DESCRIPTOR.services_by_name["OrdersService"].full_name


class NoDatabase:
    """For use cases that need none."""

    @asynccontextmanager
    async def read(self) -> AsyncIterator[None]:
        """Opens nothing."""
        yield


async def main(address: str) -> None:
    order = Order(id="019a0000-0000-7000-8000-000000000000", description=address)

    async def get(_: Any, __: GetOrderRequest) -> GetOrderResponse:
        return GetOrderResponse(order=order)

    async def create(_: Any, __: CreateOrderRequest) -> CreateOrderResponse:
        return CreateOrderResponse(order=order)

    methods = (
        Method("GetOrder", get, GetOrderRequest, writes=False, idempotency_scope=""),
        Method("CreateOrder", create, CreateOrderRequest, writes=False, idempotency_scope=""),
    )
    stop = stop_signal()
    server = Server(address)
    server.add(Service(SERVICE, "orders.shop", methods), NoDatabase())  # type: ignore[arg-type]
    await live(server, [], [], stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
