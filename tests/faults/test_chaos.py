"""Copies are killed and frozen at random under load: every order ends, and balances match transactions.

FAULTS_ORDERS and FAULTS_USERS set the size of the load; FAULTS_SEED repeats a run.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running
from tests.faults.audit import check_alive, check_events, check_money, wait_until_drained
from tests.faults.books import Books
from tests.faults.chaos import Chaos
from tests.faults.retrying_client import post

ORDERS = int(os.environ.get("FAULTS_ORDERS", "600"))
USERS = int(os.environ.get("FAULTS_USERS", "20"))
SEED = int(os.environ.get("FAULTS_SEED", random.SystemRandom().randrange(2**32)))
FAULTS = max(8, ORDERS // 250)
CLIENTS = 16
AMOUNT_MAX = 100
FUNDS = ORDERS * AMOUNT_MAX // 3 // USERS
"""About two thirds of the cost of a user's orders, so that some orders can't be paid."""
DRAIN_SECONDS_MAX = 60 + ORDERS / 50


def load(rest: httpx.Client, users: list[str], chaos: Chaos) -> set[str]:
    """Places all orders and returns their ids."""
    chance = random.Random(SEED)
    amounts = [chance.randint(1, AMOUNT_MAX) for _ in range(ORDERS)]

    def order(number: int) -> str:
        chaos.pace(number / ORDERS)
        body = {"user_id": users[number % USERS], "amount": amounts[number]}
        return str(post(rest, "/orders", body)["id"])

    with ThreadPoolExecutor(CLIENTS) as clients:
        return set(clients.map(order, range(ORDERS)))


@pytest.mark.timeout(240 + ORDERS // 20)
def test_every_order_ends_and_balances_match_transactions_under_chaos(
    fleet: Running, books: Books
) -> None:
    print(f"FAULTS_SEED={SEED}: {ORDERS} orders, {USERS} users, {FAULTS} faults")
    names = [*fleet.copies("orders"), *fleet.copies("payments")]
    chaos = Chaos(fleet, names, FAULTS, SEED)
    users = [str(uuid4()) for _ in range(USERS)]
    client = httpx.Client(base_url=fleet.endpoints.url("gateway"), timeout=20)
    with client as rest, ThreadPoolExecutor(1) as executor:
        for user in users[1:]:  # the first user has no account: its orders are canceled
            post(rest, "/accounts", {"user_id": user})
            post(rest, f"/accounts/{user}/top-ups", {"amount": FUNDS})
        began = time.monotonic()
        faults = executor.submit(chaos.run)
        accepted = load(rest, users, chaos)
        faults.result()
        loaded = time.monotonic()
        wait_until_drained(books, DRAIN_SECONDS_MAX)
        drained = time.monotonic()
        print(f"load with faults: {loaded - began:.0f} s, drained {drained - loaded:.1f} s later")
    ends = check_money(books, users, accepted)
    assert ends.keys() == {"FINISHED", "CANCELED"}
    assert len(accepted) == ORDERS
    check_events(books)
    check_alive(fleet)
