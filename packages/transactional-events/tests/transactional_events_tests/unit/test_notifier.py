"""Which relay a commit notifies."""

from transactional_events.outbox import Notifier
from transactional_events_tests.unit.rows import row


def test_own_relay_is_notified_of_rows_in_its_partitions() -> None:
    notifier = Notifier()
    notifier.owned = frozenset({3})
    notifier.notify([row(1, bucket=3)])
    assert (notifier.local.is_set(), notifier.remote.is_set()) == (True, False)


def test_other_relays_are_notified_of_rows_in_theirs() -> None:
    notifier = Notifier()
    notifier.owned = frozenset(range(12)) - {3}
    notifier.notify([row(1, bucket=3)])
    assert (notifier.local.is_set(), notifier.remote.is_set()) == (False, True)


def test_process_without_a_relay_keeps_no_rows() -> None:
    notifier = Notifier()
    notifier.committed.end_read([], settled=0)
    notifier.notify([row(1, bucket=3)])
    assert not notifier.committed.must_be_read
