"""When a copy is killed or frozen, the other copies take its partitions and calls over within seconds."""

import signal
from collections import Counter
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running
from tests.faults.fault import fault
from tests.faults.retrying_client import get, post
from tests.shop_client import ShopClient

ORDERS = 48
"""Enough orders to use every partition."""
SAGA_SECONDS_MAX = 30.0
"""Enough for a slow machine: the broker detects a lost consumer after 6 s (Kafka's default is 45 s)."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
@pytest.mark.parametrize("part", ["orders", "payments"])
def test_other_copies_take_over_from_a_killed_or_frozen_copy(
    fleet: Running, part: str, number: signal.Signals
) -> None:
    user = str(uuid4())
    with httpx.Client(base_url=fleet.endpoints.url("gateway"), timeout=20) as rest:
        shop = ShopClient(rest)
        shop.account(user, balance=ORDERS)
        with fault(fleet, fleet.copies(part)[0], number):
            orders = []
            for _ in range(ORDERS):
                order = post(rest, "/orders", {"user_id": user, "amount": 1})
                get(rest, f"/accounts/{user}")
                orders.append(str(order["id"]))
            ended = [shop.ended(order, SAGA_SECONDS_MAX) for order in orders]
        # A copy that resumes must not repeat the work of the others: a second debit would show here.
        once_more = str(post(rest, "/orders", {"user_id": user, "amount": 1})["id"])
        assert shop.ended(once_more)["status"] == "CANCELED"

        assert {order["status"] for order in ended} == {"FINISHED"}
        debits = [entry for entry in shop.transactions(user) if entry["type"] == "DEBIT"]
        assert Counter(debit["reference_order_id"] for debit in debits) == dict.fromkeys(orders, 1)
        assert shop.balance(user) == 0
