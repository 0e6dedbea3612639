"""Old and new versions of the services run side by side after a compatible change of the events."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import grpc
import httpx
import psutil
import pytest

from embedded_stack.listeners import HOST
from embedded_stack.testing import Running, free_ports, serving
from shop.orders.v1.order_service_pb2 import CreateOrderRequest
from shop.orders.v1.order_service_pb2_grpc import OrdersServiceStub
from tests.faults.books import Books
from tests.faults.retrying_client import post
from tests.project_copy import just, replace
from tests.shop_client import ShopClient

ORDERS = 24
"""Enough orders to use most partitions."""
READY_SECONDS_MAX = 120.0


def change(project: Path) -> None:
    """Adds a field to an event of each service; the changed orders service sets its field."""
    replace(
        project / "contracts/shop/orders/events/v1/order_event.proto",
        "message OrderCreated {\n",
        "message OrderCreated {\n  // Where the order came from.\n  string channel = 5;\n",
    )
    replace(
        project / "orders/conversions.py",
        "        description=order.description,\n    )\n",
        '        description=order.description,\n        channel="web",\n    )\n',
    )
    replace(
        project / "contracts/shop/payments/events/v1/payment_event.proto",
        "message PaymentSucceeded {\n",
        "message PaymentSucceeded {\n  // What the user reads on the bill.\n  string note = 3;\n",
    )
    done = just("generate", project)
    assert done.returncode == 0, done.stderr


class NewVersion:
    """Runs processes of the changed project beside those of the stack."""

    def __init__(self, project: Path, stack: Running) -> None:
        self._project = project
        self._stack = stack

    def register(self) -> None:
        """Registers the changed schemas, which is the first step of a deployment."""
        words = (sys.executable, "-m", "events", "register")
        environment = self._environment("orders")
        done = subprocess.run(
            words, cwd=self._project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    @contextmanager
    def running(self, part: str) -> Iterator[str]:
        """Runs one process until the end of the block; yields its address."""
        address = f"{HOST}:{free_ports(1)[0]}"
        log = self._project / f"{part}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                (sys.executable, "-m", part),
                cwd=self._project,
                env=self._environment(part) | {f"{part}_grpc_address".upper(): address},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            deadline = time.monotonic() + READY_SECONDS_MAX
            while not asyncio.run(serving(address)):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
            yield address
        finally:
            process.terminate()
            assert process.wait(READY_SECONDS_MAX) == 0, log.read_text()

    def _environment(self, part: str) -> dict[str, str]:
        like = psutil.Process(self._stack.pid(self._stack.copies(part)[0])).environ()
        return like | {"PYTHONPATH": f"{self._project / 'gen'}"}


@contextmanager
def without(stack: Running, part: str) -> Iterator[None]:
    """Stops all copies of a service for the length of the block, as at the end of a rolling upgrade."""
    for name in stack.copies(part):
        stack.stop(name)
    try:
        yield
    finally:
        for name in stack.copies(part):
            stack.restart(name)


@pytest.mark.timeout(300)
def test_old_and_new_versions_handle_events_of_both_versions(
    fleet: Running, books: Books, copy: Path
) -> None:
    change(copy)
    new = NewVersion(copy, fleet)
    user = str(uuid4())
    before = books.dead_letters()
    client = httpx.Client(base_url=fleet.endpoints.url("gateway"), timeout=20)
    with client as rest:
        shop = ShopClient(rest)
        shop.account(user, balance=2 * ORDERS)
        new.register()
        with new.running("orders") as address:
            with grpc.insecure_channel(address) as channel:
                create = OrdersServiceStub(channel).CreateOrder
                request = CreateOrderRequest(user_id=user, amount=1)
                newer = [create(request).order.id for _ in range(ORDERS)]
            # Only old copies of payments run: they handle the events of the new orders service.
            assert {shop.ended(order)["status"] for order in newer} == {"FINISHED"}
            with new.running("payments"), without(fleet, "payments"):
                body = {"user_id": user, "amount": 1}
                older = [str(post(rest, "/orders", body)["id"]) for _ in range(ORDERS)]
                # Only new copies of payments run: they handle the events of the old orders service.
                assert {shop.ended(order)["status"] for order in older} == {"FINISHED"}
        assert shop.balance(user) == 0
    assert books.schemas("orders", newer).isdisjoint(books.schemas("orders", older))
    assert books.schemas("payments", newer).isdisjoint(books.schemas("payments", older))
    assert books.dead_letters() == before
