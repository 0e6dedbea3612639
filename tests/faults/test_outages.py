"""Outages of the broker and the registry: requests succeed, and no event is lost.

FAULTS_OUTAGE_SECONDS sets the length of an outage.
"""

import os
import signal
import statistics
import time
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running
from tests.faults.audit import check_alive, check_events, check_money, wait_until_drained
from tests.faults.books import Books
from tests.faults.fault import fault
from tests.faults.steady_load import AMOUNT_MAX, ORDERS_PER_SECOND_MAX, SteadyLoad
from tests.shop_client import ShopClient

OUTAGE_SECONDS = float(os.environ.get("FAULTS_OUTAGE_SECONDS", "20"))
FREEZE_SECONDS = OUTAGE_SECONDS * 3 / 4
"""Longer than a consumer's session (6 s), a transaction and the broker's own session (10 s and 9 s)."""
UNDISTURBED_SECONDS = 2.0
"""How long the load runs before an outage, and again after it."""
SAMPLES = 6
"""How many times the test reads the size of the outbox during an outage."""
DRAIN_SECONDS_MAX = 30 + OUTAGE_SECONDS / 2
SAGA_SECONDS_MAX = 5.0
"""The longest time from POST to FINISHED on a busy machine; 20 ms are usual."""
USERS = 20
TIMEOUT_SECONDS = 120 + 2 * OUTAGE_SECONDS + DRAIN_SECONDS_MAX


def customers(fleet: Running, orders_seconds: float, amount: float) -> list[str]:
    """Creates users whose balance pays for this many seconds of load with orders of `amount`."""
    money = round(orders_seconds * ORDERS_PER_SECOND_MAX * amount / USERS)
    users = [str(uuid4()) for _ in range(USERS)]
    with httpx.Client(base_url=fleet.endpoints.url("gateway")) as rest:
        for user in users:
            ShopClient(rest).account(user, money)
    return users


def new_orders(books: Books) -> set[str]:
    rows = books.rows("orders", "SELECT id::text FROM orders WHERE status = 'NEW'")
    return {order for (order,) in rows}


@pytest.mark.timeout(TIMEOUT_SECONDS)
@pytest.mark.parametrize(
    ("number", "seconds"),
    [
        pytest.param(signal.SIGKILL, OUTAGE_SECONDS, id="down"),
        pytest.param(signal.SIGSTOP, FREEZE_SECONDS, id="frozen"),
    ],
)
def test_requests_succeed_during_a_broker_outage(
    fleet: Running, books: Books, number: signal.Signals, seconds: float
) -> None:
    users = customers(fleet, orders_seconds=seconds * 2 / 3, amount=AMOUNT_MAX / 2)
    load = SteadyLoad(fleet.endpoints.url("gateway"), users)
    with load.running():
        load.go_on(UNDISTURBED_SECONDS)
        with fault(fleet, "kafka", number):
            away = time.monotonic()
            waiting = []
            for _ in range(SAMPLES):
                load.go_on(seconds / SAMPLES)
                waiting.append(books.number("orders", "SELECT count(*) FROM outbox"))
            assert waiting == sorted(set(waiting)), f"the outbox does not grow: {waiting}"
            late = load.placed(since=away)
            stored = {key for (key,) in books.rows("orders", "SELECT key FROM outbox")}
            assert late <= stored
        back = time.monotonic()
        while left := late & new_orders(books):
            assert time.monotonic() < back + DRAIN_SECONDS_MAX, f"{len(left)} orders are NEW"
            load.go_on(0.1)
        drained = time.monotonic() - back
        load.go_on(UNDISTURBED_SECONDS)
    print(f"{waiting} events waited; {drained:.1f} s later all {len(late)} orders had ended")
    wait_until_drained(books, DRAIN_SECONDS_MAX)
    assert check_money(books, users, load.placed()).keys() == {"FINISHED", "CANCELED"}
    check_events(books)
    check_alive(fleet)


@pytest.mark.timeout(TIMEOUT_SECONDS)
def test_orders_finish_on_time_during_a_registry_outage(fleet: Running, books: Books) -> None:
    # The load also runs while the registry starts again, which takes from 2 s to 60 s; every order must be paid.
    users = customers(fleet, orders_seconds=TIMEOUT_SECONDS, amount=AMOUNT_MAX)
    load = SteadyLoad(fleet.endpoints.url("gateway"), users)
    with load.running():
        load.go_on(UNDISTURBED_SECONDS)
        away = time.monotonic()
        with fault(fleet, "registry", signal.SIGKILL):
            load.go_on(OUTAGE_SECONDS)
        late = load.placed(since=away)
    wait_until_drained(books, DRAIN_SECONDS_MAX)
    query = "SELECT id::text, extract(epoch FROM updated_at - created_at)::float FROM orders"
    took = dict(books.rows("orders", query))
    median, longest = (
        summary(took[order] for order in late) for summary in (statistics.median, max)
    )
    print(f"{len(late)} orders ended within {longest:.2f} s, half of them within {median:.3f} s")
    assert longest < SAGA_SECONDS_MAX
    assert check_money(books, users, load.placed()).keys() == {"FINISHED"}
    check_events(books)
    check_alive(fleet)
