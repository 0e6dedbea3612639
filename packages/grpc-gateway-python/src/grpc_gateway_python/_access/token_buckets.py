"""Token buckets by key, in bounded memory."""

from typing import Final

KEYS_MAX: Final = 20_000
"""How many buckets are remembered. When there are more, full ones are forgotten, and then the oldest half."""
ROUNDING_SECONDS: Final = 1e-6
"""More than the error of times in floating point."""


class TokenBuckets:
    """Limits the rate of requests by key.

    A bucket is one number, the time at which it will be full again (the generic cell rate algorithm).

    Args:
        rate: How many requests a second a key may make in the long run.
        burst: How many requests a key may make at once.
    """

    __slots__ = ("_burst_seconds", "_full_at", "_seconds")

    def __init__(self, rate: float, burst: int) -> None:
        self._seconds = 1 / rate
        self._burst_seconds = burst / rate
        self._full_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: str, now: float) -> float:
        """Counts a request of a key, unless it has to wait.

        Returns:
            The seconds until the key may make a request; 0 when it was counted.
        """
        full_at = self._full_at.get(key)
        if full_at is None:
            if len(self._full_at) >= KEYS_MAX:
                self._forget(now)
            full_at = now
        elif full_at < now:
            full_at = now
        else:
            wait = full_at - now + self._seconds - self._burst_seconds
            if wait > ROUNDING_SECONDS:
                return wait
        self._full_at[key] = full_at + self._seconds
        return 0.0

    def give_back(self, key: str) -> None:
        """Stops counting a request that was just counted."""
        self._full_at[key] -= self._seconds

    def _forget(self, now: float) -> None:
        kept = [(key, full_at) for key, full_at in self._full_at.items() if full_at > now]
        self._full_at = dict(kept[-KEYS_MAX // 2 :])
