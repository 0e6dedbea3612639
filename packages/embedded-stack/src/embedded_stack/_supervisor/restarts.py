"""Bounds of restarts: how often, and after which delay."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bounds:
    """Beyond these bounds a process keeps crashing."""

    per_window_max: int = 4
    window_seconds: float = 60.0
    delay_seconds: float = 1.0
    """The delay before the first restart; it doubles for each further one within the window."""


@dataclass
class Crashes:
    """The crashes of one process within the window."""

    bounds: Bounds
    _seconds: deque[float] = field(default_factory=deque)

    def delay(self, now: float) -> float | None:
        """Counts a crash; returns the delay in seconds, or None when the process keeps crashing."""
        while self._seconds and now - self._seconds[0] > self.bounds.window_seconds:
            self._seconds.popleft()
        self._seconds.append(now)
        if len(self._seconds) > self.bounds.per_window_max:
            return None
        return self.bounds.delay_seconds * float(2 ** (len(self._seconds) - 1))
