"""When a copy dies or stops answering, the others have its work within seconds."""

import signal
from collections import Counter
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running
from tests.faults.hurt import hurt
from tests.faults.patient_client import get, post
from tests.shop_client import ShopClient

ORDERS = 48
"""Enough to meet every partition."""
SAGA_SECONDS_MAX = 30.0
"""For the slowest machine; 6 s are the broker's to miss a consumer, and by Kafka's default it would be 45."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
@pytest.mark.parametrize("part", ["orders", "payments"])
def test_the_others_take_over(fleet: Running, part: str, number: signal.Signals) -> None:
    user = str(uuid4())
    with httpx.Client(base_url=fleet.endpoints.url("gateway"), timeout=20) as rest:
        shop = ShopClient(rest)
        shop.account(user, balance=ORDERS)
        with hurt(fleet, fleet.copies(part)[0], number):
            orders = []
            for _ in range(ORDERS):
                order = post(rest, "/orders", {"user_id": user, "amount": 1})
                get(rest, f"/accounts/{user}")
                orders.append(str(order["id"]))
            ended = [shop.ended(order, SAGA_SECONDS_MAX) for order in orders]
        # A copy that wakes up must not do again what others did meanwhile.
        once_more = str(post(rest, "/orders", {"user_id": user, "amount": 1})["id"])
        assert shop.ended(once_more)["status"] == "CANCELED"

        assert {each["status"] for each in ended} == {"FINISHED"}
        debits = [each for each in shop.transactions(user) if each["type"] == "DEBIT"]
        assert Counter(each["reference_order_id"] for each in debits) == dict.fromkeys(orders, 1)
        assert shop.balance(user) == 0
