"""Copies die and freeze at random under load: every order ends, and the money adds up.

FAULTS_ORDERS, FAULTS_USERS and FAULTS_SEED make it larger, or repeat a run.
"""

import os
import random
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import psutil
import pytest

from stack.running import Running
from stack.settings import Part
from tests.faults.books import Books
from tests.faults.chaos import Chaos
from tests.faults.patient_client import post

ORDERS = int(os.environ.get("FAULTS_ORDERS", "600"))
USERS = int(os.environ.get("FAULTS_USERS", "20"))
SEED = int(os.environ.get("FAULTS_SEED", random.SystemRandom().randrange(2**32)))
STRIKES = max(8, ORDERS // 250)
CLIENTS = 16
AMOUNT_MAX = 100
FUNDS = ORDERS * AMOUNT_MAX // 3 // USERS
"""About two thirds of what a user's orders cost."""
SETTLE_SECONDS_MAX = 60 + ORDERS / 50


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


def settle(books: Books) -> None:
    """Waits until nothing is under way."""
    waiting = {
        "orders that are NEW": ("orders", "SELECT count(*) FROM orders WHERE status = 'NEW'"),
        "events of orders": ("orders", "SELECT count(*) FROM outbox"),
        "events of payments": ("payments", "SELECT count(*) FROM outbox"),
    }
    deadline = time.monotonic() + SETTLE_SECONDS_MAX
    while left := {name: count for name, what in waiting.items() if (count := books.number(*what))}:
        assert time.monotonic() < deadline, f"after {SETTLE_SECONDS_MAX:.0f} s there are {left}"
        time.sleep(0.1)


@pytest.mark.timeout(240 + ORDERS // 20)
def test_every_order_ends_and_the_money_adds_up(fleet: Running, books: Books) -> None:
    print(f"FAULTS_SEED={SEED}: {ORDERS} orders, {USERS} users, {STRIKES} strikes")
    names = [*fleet.copies(Part.ORDERS), *fleet.copies(Part.PAYMENTS)]
    chaos = Chaos(fleet, names, STRIKES, SEED)
    users = [str(uuid4()) for _ in range(USERS)]
    client = httpx.Client(base_url=fleet.endpoints.gateway_url, timeout=20)
    with client as rest, ThreadPoolExecutor(1) as hand:
        for user in users[1:]:  # the first one has no account
            post(rest, "/accounts", {"user_id": user})
            post(rest, f"/accounts/{user}/top-ups", {"amount": FUNDS})
        began = time.monotonic()
        striking = hand.submit(chaos.run)
        accepted = load(rest, users, chaos)
        striking.result()
        struck = time.monotonic()
        settle(books)
        settled = time.monotonic()
        print(f"under strikes for {struck - began:.0f} s, settled {settled - struck:.1f} s later")
        _check_money(books, users, accepted)
        _check_events(books, "orders", read_by="payments")
        _check_events(books, "payments", read_by="orders")
        assert books.dead_letters() == 0
    dead = [name for name in names if not psutil.pid_exists(fleet.pid(name))]
    assert dead == []


def _check_money(books: Books, users: list[str], accepted: set[str]) -> None:
    orders = {
        order_id: (user, amount, status)
        for order_id, user, amount, status in books.rows(
            "orders", "SELECT id::text, user_id::text, amount, status FROM orders"
        )
        if user in set(users)
    }
    log = books.rows(
        "payments",
        "SELECT user_id::text, type, amount, reference_order_id::text"
        " FROM transactions JOIN accounts ON accounts.id = account_id",
    )
    balances = dict(books.rows("payments", "SELECT user_id::text, balance FROM accounts"))
    ends = Counter(status for _, _, status in orders.values())
    print(dict(ends))

    # Nobody made an order that its client doesn't know of, and none was made twice.
    assert orders.keys() == accepted
    assert len(accepted) == ORDERS
    assert ends.keys() == {"FINISHED", "CANCELED"}
    debits = sorted((order, user, amount) for user, kind, amount, order in log if kind == "DEBIT")
    paid = [
        (order, user, amount) for order, (user, amount, end) in orders.items() if end == "FINISHED"
    ]
    mine = set(users)
    assert [each for each in debits if each[1] in mine] == sorted(paid)
    sums: dict[str, int] = defaultdict(int)
    for user, kind, amount, _ in log:
        sums[user] += amount if kind == "CREDIT" else -amount
    assert {user: sums[user] for user in balances} == balances


def _check_events(books: Books, database: str, *, read_by: str) -> None:
    committed = books.committed(database)
    published = books.published(database)
    print(f"{sum(map(len, committed.values()))} events of {database}")

    # Each once, in the order of commits, and nothing that was rolled back.
    assert published == committed
    handled = {event for (event,) in books.rows(read_by, "SELECT event_id::text FROM inbox")}
    assert {event for events in published.values() for event in events} == handled
    assert books.number(database, "SELECT count(*) FROM parked_events") == 0
