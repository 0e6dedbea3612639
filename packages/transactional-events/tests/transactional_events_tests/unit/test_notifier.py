"""Which relay a commit wakes."""

from datetime import UTC, datetime

from transactional_events.outbox import Notifier
from transactional_events.streams import OutgoingEvent
from transactional_events_tests.unit.orders import KEY, ORDER_EVENTS, created


def event() -> OutgoingEvent:
    return ORDER_EVENTS.wrap(created(), key=KEY, occurred_at=datetime.now(UTC))


def test_the_own_relay_is_woken_for_its_buckets() -> None:
    notifier = Notifier()
    notifier.owned = frozenset({event().bucket})
    notifier.notify([event()])
    assert (notifier.local.is_set(), notifier.remote.is_set()) == (True, False)


def test_other_relays_are_woken_for_theirs() -> None:
    notifier = Notifier()
    notifier.owned = frozenset(range(12)) - {event().bucket}
    notifier.notify([event()])
    assert (notifier.local.is_set(), notifier.remote.is_set()) == (False, True)
