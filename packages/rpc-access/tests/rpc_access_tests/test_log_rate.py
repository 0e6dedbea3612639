"""A flood of rejected calls writes a bounded number of lines, and the next line counts those left out."""

import time

import pytest

from rpc_access import LogRate
from rpc_access._log_rate import LINES_PER_SECOND_MAX


def test_lines_above_the_bound_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 7.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    rate = LogRate()
    assert [rate.next_line() for _ in range(LINES_PER_SECOND_MAX)] == [0] * LINES_PER_SECOND_MAX
    assert [rate.next_line() for _ in range(3)] == [None] * 3
    now = 8.0
    assert [rate.next_line() for _ in range(2)] == [3, 0]
