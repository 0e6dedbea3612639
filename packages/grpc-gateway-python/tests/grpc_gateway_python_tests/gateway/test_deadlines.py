"""Grpc-Timeout, as a deadline of the whole request."""

import time

import pytest
from grpc import StatusCode

from grpc_gateway_python._requests.deadlines import Deadline
from grpc_gateway_python._responses.errors import GatewayError


def seconds_left(value: bytes) -> float:
    deadline = Deadline.of(value, 60)
    assert deadline is not None
    return deadline.seconds_left()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(b"5S", 5), (b"900m", 0.9), (b"2M", 60), (b"99999999H", 60), (b"50000000u", 50)],
)
def test_a_deadline_is_cut_to_its_bound(value: bytes, seconds: float) -> None:
    assert seconds_left(value) == pytest.approx(seconds, abs=0.5)


def test_no_header_is_no_deadline() -> None:
    assert Deadline.of(None, 60) is None


def test_the_deadline_counts_time_before_the_call() -> None:
    deadline = Deadline.of(b"10S", 60)
    assert deadline is not None
    first = deadline.seconds_left()
    time.sleep(0.01)
    assert deadline.seconds_left() <= first - 0.01


@pytest.mark.parametrize("value", [b"0S", b"0n", b"00000000H", b"1n"])
def test_a_zero_timeout_exceeds_the_deadline(value: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        seconds_left(value)
    assert caught.value.error.code == StatusCode.DEADLINE_EXCEEDED


@pytest.mark.parametrize("value", [b"", b"5", b"m", b"123456789m", b"-1S", b"1 S", b"\xb2S"])
def test_a_malformed_timeout_is_rejected_by_name(value: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        Deadline.of(value, 60)
    assert caught.value.error.violations[0].field == "grpc-timeout"
