"""What has to be true once all faults are mended, whatever they were."""

import time
from collections import Counter
from collections.abc import Collection

import psutil

from embedded_stack.testing import Running
from tests.faults.books import Books


def settle(books: Books, seconds_max: float) -> None:
    """Waits until nothing is under way."""
    waiting = {
        "orders that are NEW": ("orders", "SELECT count(*) FROM orders WHERE status = 'NEW'"),
        "events of orders": ("orders", "SELECT count(*) FROM outbox"),
        "events of payments": ("payments", "SELECT count(*) FROM outbox"),
    }
    deadline = time.monotonic() + seconds_max
    while left := {name: count for name, what in waiting.items() if (count := books.number(*what))}:
        assert time.monotonic() < deadline, f"after {seconds_max:.0f} s there are {left}"
        time.sleep(0.1)


def check_money(books: Books, users: Collection[str], accepted: set[str]) -> Counter[str]:
    """Compares the users' orders with what their clients know, and has the money audited.

    Returns how many orders ended how.
    """
    mine = frozenset(users)
    orders = {
        order_id: status
        for order_id, user, status in books.rows(
            "orders", "SELECT id::text, user_id::text, status FROM orders"
        )
        if user in mine
    }
    ends = Counter(orders.values())
    print(dict(ends))

    # Nobody made an order that its client doesn't know of, and none was made twice.
    assert orders.keys() == accepted
    assert ends.keys() <= {"FINISHED", "CANCELED"}
    audit = books.audit()
    assert audit.returncode == 0, audit.stdout + audit.stderr
    return ends


def check_events(books: Books) -> None:
    """Compares what was committed, published and handled."""
    _check_events(books, "orders", read_by="payments")
    _check_events(books, "payments", read_by="orders")
    assert books.dead_letters() == 0


def _check_events(books: Books, database: str, *, read_by: str) -> None:
    committed = books.committed(database)
    published = books.published(database)
    print(f"{sum(map(len, committed.values()))} events of {database}")

    # Each once, in the order of commits, and nothing that was rolled back.
    assert published == committed
    handled = {event for (event,) in books.rows(read_by, "SELECT event_id::text FROM inbox")}
    assert {event for events in published.values() for event in events} == handled
    assert books.number(database, "SELECT count(*) FROM parked_events") == 0


def check_alive(fleet: Running) -> None:
    """Makes sure that no copy has ended."""
    names = [name for part in ("orders", "payments", "gateway") for name in fleet.copies(part)]
    assert [name for name in names if not psutil.pid_exists(fleet.pid(name))] == []
