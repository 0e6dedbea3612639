"""How often, and after which delay, a process that died is started again."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bounds:
    """When a process counts as one that keeps crashing."""

    per_window_max: int = 4
    window_seconds: float = 60.0
    delay_seconds: float = 1.0
    """Before the first restart; doubled for each further one within the window."""


@dataclass
class Crashes:
    """The crashes of one process within the window."""

    bounds: Bounds
    _seconds: deque[float] = field(default_factory=deque)

    def delay(self, now: float) -> float | None:
        """Notes a crash; gives the seconds to wait, or None for one that keeps crashing."""
        while self._seconds and now - self._seconds[0] > self.bounds.window_seconds:
            self._seconds.popleft()
        self._seconds.append(now)
        if len(self._seconds) > self.bounds.per_window_max:
            return None
        return self.bounds.delay_seconds * float(2 ** (len(self._seconds) - 1))
