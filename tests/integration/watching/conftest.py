"""A gateway and two copies of orders on a real database. Payments doesn't run: the tests end the orders themselves."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running, free_ports
from orders.events import PaymentOutcomes
from orders.watch import order_watch
from shop.orders.db.querier import AsyncQuerier
from shop.payments.events.v1.payment_event_pb2 import PaymentSucceeded
from tests.integration.gateway.conftest import DEFAULT, await_start
from transactional_grpc.database import Database, open_pool

ORDERS = (sys.executable, str(Path(__file__).with_name("orders_process.py")))
GATEWAY = (sys.executable, "-m", "gateway")
HOSTS = ("127.0.0.1", "127.0.0.2")
END_SECONDS_MAX = 30.0


@dataclass(frozen=True)
class WatchedShop:
    """The running processes."""

    url: str
    database_url: str
    copies: dict[str, subprocess.Popen[bytes]]
    """Address → process of orders."""
    gateway: subprocess.Popen[bytes]
    user: str

    def create_orders(self, count: int) -> list[str]:
        with httpx.Client(base_url=self.url, timeout=END_SECONDS_MAX) as http:
            body = {"user_id": self.user, "amount": 1}
            return [str(http.post("/orders", json=body).json()["id"]) for _ in range(count)]

    async def finish(self, orders: Sequence[str]) -> None:
        """Ends orders in one transaction, as the consumer of payment events does."""
        events = [PaymentSucceeded(order_id=order, user_id=self.user) for order in orders]
        async with open_pool(self.database_url, "test") as pool:
            database = Database(pool, AsyncQuerier)
            outcomes = PaymentOutcomes(order_watch())
            await database.run(lambda tx: outcomes.on_payment_succeeded(tx, events))

    def end_copy(self, number: signal.Signals) -> None:
        """Ends the first copy of orders by a signal."""
        copy = next(iter(self.copies.values()))
        copy.send_signal(number)
        copy.wait(END_SECONDS_MAX)


@pytest.fixture
def watched_shop(migrated: Running) -> Iterator[WatchedShop]:
    port, rest = free_ports(2)
    database_url = migrated.endpoints.database_url("orders")
    environment = os.environ | {
        "GRPC_TRANSPORT": DEFAULT.value,
        "ORDERS_DATABASE_URL": database_url,
        "ORDERS_GRPC_ADDRESS": ",".join(f"{host}:{port}" for host in HOSTS),
        "PAYMENTS_GRPC_ADDRESS": "127.0.0.1:1",
        "GATEWAY_ADDRESS": f"127.0.0.1:{rest}",
    }
    processes = {
        f"{host}:{port}": subprocess.Popen([*ORDERS, f"{host}:{port}"], env=environment)
        for host in HOSTS
    }
    gateway = subprocess.Popen(GATEWAY, env=environment)
    try:
        for host, process in zip(HOSTS, processes.values(), strict=True):
            await_start(process, port, host)
        await_start(gateway, rest)
        url = f"http://127.0.0.1:{rest}"
        yield WatchedShop(url, database_url, processes, gateway, str(uuid4()))
    finally:
        for process in (gateway, *processes.values()):
            process.kill()
            process.wait()
