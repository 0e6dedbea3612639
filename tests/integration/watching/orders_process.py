"""A copy of orders on its database, without Kafka: `orders_process.py HOST:PORT`, with the variables of the service."""

import asyncio
import os
import sys

from orders.service import Orders
from orders.watch import order_watch
from shop.orders.db.querier import AsyncQuerier
from shop.orders.v1.order_service_rpc import orders_service
from transactional_grpc.database import Database, open_pool
from transactional_grpc.process import live, stop_signal
from transactional_grpc.server import GrpcTransport, Server


async def main(address: str, transport: GrpcTransport) -> None:
    stop = stop_signal()
    async with open_pool(os.environ["ORDERS_DATABASE_URL"], "orders") as pool:
        server = Server(address, transport)
        server.add(orders_service(Orders(order_watch())), Database(pool, AsyncQuerier))
        await live(server, [], [], stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], GrpcTransport(os.environ["GRPC_TRANSPORT"])))
