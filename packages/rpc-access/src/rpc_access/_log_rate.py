"""Bounds the log lines about rejected calls: a flood of them must not fill the log."""

import time
from typing import Final

LINES_PER_SECOND_MAX: Final = 50


class LogRate:
    """Counts the lines of each second; those above LINES_PER_SECOND_MAX are left out."""

    def __init__(self) -> None:
        self._second = 0
        self._lines = 0
        self._left_out = 0

    def next_line(self) -> int | None:
        """Counts a line.

        Returns:
            How many lines were left out since the last one that was not; None if this one must be left out.
        """
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._lines = second, 0
        if self._lines >= LINES_PER_SECOND_MAX:
            self._left_out += 1
            return None
        self._lines += 1
        left_out, self._left_out = self._left_out, 0
        return left_out
