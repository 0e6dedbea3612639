"""A process is killed under load: no accepted request is lost, and none has its effect twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from embedded_stack.testing import Running
from tests.faults.retrying_client import post
from tests.shop_client import ShopClient

ORDERS = 120
KILL_AFTER = 30
"""Number of orders that are accepted before the kill; the others are placed during and after it."""
PRICE = 10
TOP_UPS = 20


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", ["orders", "payments", "gateway"])
def test_killed_process_loses_and_repeats_nothing(
    system: Running, rest: httpx.Client, user: str, part: str
) -> None:
    shop = ShopClient(rest)
    # The test before may have ended just after a restart, so the first request is retried like all others.
    post(rest, "/accounts", {"user_id": user})

    def order(_: int) -> str:
        return str(post(rest, "/orders", {"user_id": user, "amount": PRICE})["id"])

    def top_up(_: int) -> None:
        post(rest, f"/accounts/{user}/top-ups", {"amount": PRICE * ORDERS // TOP_UPS})

    with ThreadPoolExecutor(8) as pool:
        top_ups = pool.map(top_up, range(TOP_UPS // 2))
        orders = list(pool.map(order, range(KILL_AFTER)))
        more_orders = [pool.submit(order, number) for number in range(ORDERS - KILL_AFTER)]
        more_top_ups = pool.map(top_up, range(TOP_UPS - TOP_UPS // 2))
        system.kill(part)
        under_way = [placed for placed in more_orders if not placed.done()]
        system.restart(part)
        assert under_way, "all orders were placed before the kill"
        orders += [placed.result() for placed in more_orders]
        list(top_ups)
        list(more_top_ups)

    assert len(set(orders)) == ORDERS
    ended = [shop.ended(order_id, within_seconds=60) for order_id in orders]
    finished = {order["id"] for order in ended if order["status"] == "FINISHED"}
    log = shop.transactions(user)
    debits = Counter(entry["reference_order_id"] for entry in log if entry["type"] == "DEBIT")
    assert debits == dict.fromkeys(finished, 1)
    top_up_amounts = [entry["amount"] for entry in log if entry["type"] == "CREDIT"]
    assert len(top_up_amounts) == TOP_UPS
    assert shop.balance(user) == sum(top_up_amounts) - PRICE * len(finished)
    # Every order is known to its client.
    listed = rest.get("/orders", params={"user_id": user, "page_size": 250}).json()
    assert {order["id"] for order in listed["orders"]} == set(orders)
