"""The bounds per caller and per address."""

import tracemalloc

import pytest

from grpc_gateway_python import CallerLimits
from grpc_gateway_python._access import caller_limits
from grpc_gateway_python._access.caller_limits import CallerCounts
from grpc_gateway_python._access.token_buckets import KEYS_MAX, TokenBuckets

CALLERS = 100_000
MEMORY_BYTES_MAX = 8 * 1024 * 1024


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(caller_limits, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def counts(**limits: float) -> CallerCounts:
    wide = {"subject_rate": 1e6, "subject_burst": 10**6}
    wide |= {"address_rate": 1e6, "address_burst": 10**6, "concurrent_max": 10**6}
    return CallerCounts(CallerLimits(**(wide | limits)))  # type: ignore[arg-type]  # numbers


def allowed(found: CallerCounts, subject: str | None, address: str, number: int) -> int:
    """Returns how many of a number of requests are allowed, each of which ends at once."""
    passed = 0
    for _ in range(number):
        if not found.enter(subject, address):
            found.leave(subject)
            passed += 1
    return passed


def test_subject_may_make_a_burst_and_then_its_rate(clock: Clock) -> None:
    found = counts(subject_rate=10, subject_burst=5)
    assert allowed(found, "alice", "a", 20) == 5
    assert found.enter("alice", "a") == pytest.approx(0.1)
    clock.now += 0.25
    assert allowed(found, "alice", "a", 20) == 2
    clock.now += 3600
    assert allowed(found, "alice", "a", 20) == 5


def test_limit_of_one_subject_is_not_that_of_another(clock: Clock) -> None:
    found = counts(subject_rate=10, subject_burst=5)
    assert allowed(found, "alice", "a", 20) == 5
    assert allowed(found, "bob", "a", 20) == 5


def test_subjects_of_one_address_share_its_limit(clock: Clock) -> None:
    found = counts(address_rate=10, address_burst=5)
    assert [allowed(found, str(number), "a", 1) for number in range(7)] == [1] * 5 + [0] * 2
    assert allowed(found, "alice", "b", 1) == 1
    assert allowed(found, None, "a", 1) == 0


def test_rejected_request_takes_nothing_from_a_bucket(clock: Clock) -> None:
    found = counts(subject_rate=1, subject_burst=1, address_rate=1, address_burst=3)
    assert allowed(found, "alice", "a", 10) == 1
    assert allowed(found, "bob", "a", 1) == 1
    assert allowed(found, "carol", "a", 1) == 1


def test_number_of_requests_in_progress_is_bounded(clock: Clock) -> None:
    found = counts(concurrent_max=2)
    assert [found.enter("alice", "a") for _ in range(3)] == [0, 0, 1]
    assert found.enter("bob", "a") == 0
    found.leave("alice")
    assert found.enter("alice", "a") == 0


def test_token_that_is_not_known_counts_against_its_address(clock: Clock) -> None:
    found = counts(address_rate=10, address_burst=2)
    assert [found.try_unknown_token("a") > 0 for _ in range(3)] == [False, False, True]
    assert found.enter("alice", "a") > 0


def test_memory_is_bounded_however_many_callers_come(clock: Clock) -> None:
    found = counts()
    tracemalloc.start()
    try:
        for number in range(CALLERS):
            assert not found.enter(f"subject {number}", f"address {number}")
            found.leave(f"subject {number}")
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert used < MEMORY_BYTES_MAX
    assert len(found._subjects) <= KEYS_MAX
    assert found._in_progress == {}


def test_busy_buckets_are_kept_when_full_ones_are_forgotten() -> None:
    buckets = TokenBuckets(rate=1, burst=1)
    for number in range(KEYS_MAX - 1):
        buckets.take(str(number), now=0.0)
    buckets.take("busy", now=1000.0)
    buckets.take("new", now=1000.0)
    assert len(buckets) == 2
    assert buckets.take("busy", now=1000.0) == 1
