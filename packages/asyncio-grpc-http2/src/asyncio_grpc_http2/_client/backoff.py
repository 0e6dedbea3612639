"""Pauses between attempts to connect (https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md)."""

import random
from typing import Final

MULTIPLIER: Final = 1.6
JITTER: Final = 0.2


class Backoff:
    """Pauses that grow exponentially, with jitter so that clients don't reconnect in step."""

    def __init__(self, seconds_initial: float, seconds_max: float) -> None:
        self._seconds_initial = seconds_initial
        self._seconds_max = seconds_max
        self._seconds = seconds_initial

    def next(self) -> float:
        """Returns the pause before the next attempt, in seconds."""
        seconds = self._seconds
        self._seconds = min(seconds * MULTIPLIER, self._seconds_max)
        return seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret

    def reset(self) -> None:
        """Starts again with the shortest pause, after an attempt that succeeded."""
        self._seconds = self._seconds_initial
