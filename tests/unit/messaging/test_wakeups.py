"""Who is woken by a commit."""

from datetime import UTC, datetime

from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from tests.unit.messaging.orders import KEY, created
from transactional_events.outbox._notifier import Wakeups
from transactional_events.streams._outgoing import OutgoingEvent


def event() -> OutgoingEvent:
    return ORDER_EVENTS.wrap(created(), key=KEY, occurred_at=datetime.now(UTC))


def test_the_own_relay_is_woken_for_its_buckets() -> None:
    wakeups = Wakeups()
    wakeups.owned = frozenset({event().bucket})
    wakeups.committed([event()])
    assert (wakeups.here.is_set(), wakeups.elsewhere.is_set()) == (True, False)


def test_other_relays_are_woken_for_theirs() -> None:
    wakeups = Wakeups()
    wakeups.owned = frozenset(range(12)) - {event().bucket}
    wakeups.committed([event()])
    assert (wakeups.here.is_set(), wakeups.elsewhere.is_set()) == (False, True)
