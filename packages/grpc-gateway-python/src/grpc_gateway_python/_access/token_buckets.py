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

    def wait_seconds(self, key: str, now: float) -> float:
        """Returns the seconds until a key may make a request; 0 when it may now."""
        full_at = self._full_at.get(key)
        if full_at is None or full_at <= now:
            return 0.0
        wait = full_at - now + self._seconds - self._burst_seconds
        return wait if wait > ROUNDING_SECONDS else 0.0

    def take(self, key: str, now: float) -> None:
        """Counts a request of a key."""
        full_at = self._full_at.get(key)
        if full_at is None:
            if len(self._full_at) >= KEYS_MAX:
                self._forget(now)
            full_at = now
        elif full_at < now:
            full_at = now
        self._full_at[key] = full_at + self._seconds

    def _forget(self, now: float) -> None:
        kept = [(key, full_at) for key, full_at in self._full_at.items() if full_at > now]
        self._full_at = dict(kept[-KEYS_MAX // 2 :])
