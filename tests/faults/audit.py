"""Invariants of orders, money and events that must hold after every fault."""

import time
from collections import Counter
from collections.abc import Collection

import psutil

from embedded_stack.testing import Running
from tests.faults.books import Books


def wait_until_drained(books: Books, seconds_max: float) -> None:
    """Waits until every order has ended, both outboxes are empty and every event is handled."""
    deadline = time.monotonic() + seconds_max
    while left := _under_way(books):
        assert time.monotonic() < deadline, f"after {seconds_max:.0f} s there are {left}"
        time.sleep(0.1)


def _under_way(books: Books) -> Counter[str]:
    counts = Counter(
        {
            "orders that are NEW": books.number(
                "orders", "SELECT count(*) FROM orders WHERE status = 'NEW'"
            ),
            "events in the outbox of orders": books.number("orders", "SELECT count(*) FROM outbox"),
            "events in the outbox of payments": books.number(
                "payments", "SELECT count(*) FROM outbox"
            ),
            "events that payments has not handled": _unhandled(books, "orders", "payments"),
            "events that orders has not handled": _unhandled(books, "payments", "orders"),
        }
    )
    return +counts


def _unhandled(books: Books, publisher: str, reader: str) -> int:
    committed = books.number(publisher, "SELECT count(*) FROM committed_events")
    return committed - books.number(reader, "SELECT count(*) FROM inbox")


def check_money(books: Books, users: Collection[str], accepted: set[str]) -> Counter[str]:
    """Compares the users' orders with those that their clients placed, and audits the money.

    Returns:
        The number of orders for each status.
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

    # Every order is known to its client, and no order was created twice.
    assert orders.keys() == accepted
    assert ends.keys() <= {"FINISHED", "CANCELED"}
    audit = books.audit()
    assert audit.returncode == 0, audit.stdout + audit.stderr
    return ends


def check_events(books: Books) -> None:
    """Makes sure that exactly the committed events were published, in order, and handled."""
    _check_events(books, "orders", read_by="payments")
    _check_events(books, "payments", read_by="orders")
    assert books.dead_letters() == 0


def _check_events(books: Books, database: str, *, read_by: str) -> None:
    committed = books.committed(database)
    published = books.published(database)
    first = {key: list(dict.fromkeys(events)) for key, events in published.items()}
    total, repeated = (sum(map(len, keys.values())) for keys in (committed, published))
    print(f"{total} events of {database}, {repeated - total} records that repeat one")

    # The first records of a key's events are in commit order; no event of a rolled-back transaction is published.
    assert first == committed
    handled = {event for (event,) in books.rows(read_by, "SELECT event_id::text FROM inbox")}
    assert {event for events in published.values() for event in events} == handled
    assert books.number(database, "SELECT count(*) FROM parked_events") == 0


def check_alive(fleet: Running) -> None:
    """Makes sure that every copy is still running."""
    names = [name for part in ("orders", "payments", "gateway") for name in fleet.copies(part)]
    assert [name for name in names if not psutil.pid_exists(fleet.pid(name))] == []
