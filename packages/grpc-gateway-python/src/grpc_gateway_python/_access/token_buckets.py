"""Token buckets by key, in bounded memory."""

import time
from collections import OrderedDict
from typing import Final

KEYS_MAX: Final = 20_000
"""How many keys are remembered. The least recently used one is forgotten, and its bucket is full again."""


class TokenBuckets:
    """Limits the rate of requests by key.

    A bucket is one number, the time at which it will be full again (the generic cell rate algorithm).

    Args:
        rate: How many requests a second a key may make in the long run.
        burst: How many requests a key may make at once.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._seconds = 1 / rate
        self._burst_seconds = burst / rate
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def wait_seconds(self, key: str) -> float:
        """Returns the seconds until a key may make a request; 0 when it may now."""
        now = time.monotonic()
        full_at = self._full_at.get(key, now)
        return max(0.0, full_at + self._seconds - self._burst_seconds - now)

    def take(self, key: str) -> None:
        """Counts a request of a key."""
        buckets = self._full_at
        now = time.monotonic()
        buckets[key] = max(buckets.get(key, now), now) + self._seconds
        buckets.move_to_end(key)
        if len(buckets) > KEYS_MAX:
            buckets.popitem(last=False)
