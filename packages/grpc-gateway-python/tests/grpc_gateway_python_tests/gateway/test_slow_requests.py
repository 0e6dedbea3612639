import pytest

from grpc_gateway_python._http.slow_requests import SlowRequests


def test_each_peer_and_all_of_them_have_a_bound() -> None:
    slow = SlowRequests(per_peer_max=2, all_max=3)
    assert [slow.enter("10.0.0.1") is not None for _ in range(3)] == [True, True, False]
    assert slow.enter("10.0.0.2")
    assert slow.enter("10.0.0.3") is None, "all have three"
    slow.leave("10.0.0.1")
    assert slow.enter("10.0.0.3")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:0:0:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("fe80::1%eth0", "fe80::1", True),
        ("", "10.0.0.1", False),
    ],
)
def test_addresses_that_count_as_one_peer(one: str, other: str, *, same: bool) -> None:
    slow = SlowRequests(per_peer_max=1, all_max=9)
    assert slow.enter(one) is not None
    assert (slow.enter(other) is None) is same


def test_peers_without_slow_requests_take_no_memory() -> None:
    slow = SlowRequests(per_peer_max=1, all_max=1)
    for number in range(1000):
        peer = slow.enter(f"10.0.0.{number % 256}")
        assert peer
        assert slow.enter("10.1.1.1") is None
        slow.leave(peer)
    assert not slow._by_peer
