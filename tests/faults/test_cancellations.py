"""Users cancel orders while these are paid, and processes are killed: each order ends once, and the money adds up.

FAULTS_RACES and FAULTS_USERS set the size of the load; FAULTS_SEED repeats a run.
"""

import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running
from tests.faults.audit import check_alive, check_events, check_money, wait_until_drained
from tests.faults.books import Books
from tests.faults.chaos import Chaos
from tests.faults.retrying_client import cancel, post
from tests.shop_client import Json

RACES = int(os.environ.get("FAULTS_RACES", "300"))
USERS = int(os.environ.get("FAULTS_USERS", "20"))
SEED = int(os.environ.get("FAULTS_SEED", random.SystemRandom().randrange(2**32)))
FAULTS = max(4, RACES // 250)
CLIENTS = 16
AMOUNT_MAX = 100
FUNDS = RACES * AMOUNT_MAX // 8 // USERS
"""About a quarter of the cost of a user's orders, so that some payments fail."""
PATIENCE_SECONDS_MAX = 2.0
DRAIN_SECONDS_MAX = 60 + RACES / 50
ENDS = {("FINISHED", ""), ("CANCELED", "CANCELED_BY_USER"), ("CANCELED", "INSUFFICIENT_FUNDS")}


class Patience:
    """How long users wait before they cancel: it follows the payments, so that each side wins many races."""

    def __init__(self) -> None:
        self.seconds = 0.05
        self._lock = threading.Lock()

    def learn(self, *, canceled: bool) -> None:
        """Gets longer when a user was faster than a payment, otherwise shorter."""
        with self._lock:
            self.seconds = min(self.seconds * (1.1 if canceled else 1 / 1.1), PATIENCE_SECONDS_MAX)


def race(rest: httpx.Client, users: list[str], chaos: Chaos) -> dict[str, Json]:
    """Places all orders and cancels each a moment later; returns each order as its client saw it last, by id."""
    chance = random.Random(SEED)
    plan = [(chance.randint(1, AMOUNT_MAX), chance.uniform(0, 2)) for _ in range(RACES)]
    patience = Patience()

    def order_and_cancel(number: int) -> tuple[str, Json]:
        chaos.pace(number / RACES)
        amount, slowness = plan[number]
        body = {"user_id": users[number % USERS], "amount": amount}
        order_id = str(post(rest, "/orders", body)["id"])
        time.sleep(patience.seconds * slowness)  # the race itself, not a wait for a condition
        ended = cancel(rest, order_id)
        patience.learn(canceled=ended["cancel_reason"] == "CANCELED_BY_USER")
        return order_id, ended

    with ThreadPoolExecutor(CLIENTS) as clients:
        return dict(clients.map(order_and_cancel, range(RACES)))


@pytest.mark.timeout(240 + RACES // 10)
def test_order_that_is_canceled_while_it_is_paid_ends_once_and_the_money_adds_up(
    fleet: Running, books: Books
) -> None:
    print(f"FAULTS_SEED={SEED}: {RACES} races, {USERS} users, {FAULTS} faults")
    names = [*fleet.copies("orders"), *fleet.copies("payments")]
    chaos = Chaos(fleet, names, FAULTS, SEED)
    users = [str(uuid4()) for _ in range(USERS)]
    client = httpx.Client(base_url=fleet.endpoints.url("gateway"), timeout=20)
    with client as rest, ThreadPoolExecutor(1) as executor:
        for user in users[1:]:  # the first user has no account
            post(rest, "/accounts", {"user_id": user})
            post(rest, f"/accounts/{user}/top-ups", {"amount": FUNDS})
        began = time.monotonic()
        faults = executor.submit(chaos.run)
        seen = race(rest, users, chaos)
        faults.result()
        loaded = time.monotonic()
        wait_until_drained(books, DRAIN_SECONDS_MAX)
        drained = time.monotonic()
        print(f"races with faults: {loaded - began:.0f} s, drained {drained - loaded:.1f} s later")
    check_money(books, users, set(seen))
    ends = Counter((order["status"], order["cancel_reason"]) for order in seen.values())
    print(f"{dict(ends)}, {chaos.kills} kills, {refunds(books, seen)} refunds")
    assert ends.keys() >= ENDS
    assert stored(books, seen) == {
        order_id: (order["status"], order["cancel_reason"]) for order_id, order in seen.items()
    }
    assert refunds(books, seen) > 0
    check_events(books)
    check_alive(fleet)


def stored(books: Books, seen: dict[str, Json]) -> dict[str, tuple[str, str]]:
    """Returns how the orders have ended, by id."""
    rows = books.rows("orders", "SELECT id::text, status, cancel_reason FROM orders")
    return {order_id: (status, reason) for order_id, status, reason in rows if order_id in seen}


def refunds(books: Books, seen: dict[str, Json]) -> int:
    query = "SELECT reference_order_id::text FROM transactions WHERE type = 'REFUND'"
    return sum(order_id in seen for (order_id,) in books.rows("payments", query))
