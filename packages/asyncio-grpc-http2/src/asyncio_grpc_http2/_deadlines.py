"""Expires calls at their deadlines, with one timer for all calls."""

import asyncio
from heapq import heapify, heappop, heappush
from typing import Final, Protocol

STALE_MIN: Final = 256
"""Entries of ended calls that are kept at least before they are removed together."""


class Expiring(Protocol):
    """A call that has a deadline."""

    ended: bool

    def expire(self) -> None:
        """Ends the call because of its deadline."""


class Deadlines:
    """The deadlines of the calls of a channel or a server.

    A timer of the event loop for each call costs several times as much as an entry in a heap. Entries of calls that have
    ended stay until their time comes, or until they are the larger part of the heap.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heap: list[tuple[float, int, Expiring]] = []
        self._count = 0
        self._compact_at = STALE_MIN
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    def add(self, call: Expiring, at: float) -> None:
        """Expires a call at a time of the event loop's clock unless it has ended by then."""
        self._count += 1
        heap = self._heap
        heappush(heap, (at, self._count, call))
        if self._timer is None or at < self._timer_at:
            self._arm(at)
        if len(heap) > self._compact_at:
            heap[:] = [entry for entry in heap if not entry[2].ended]
            heapify(heap)
            self._compact_at = max(STALE_MIN, 2 * len(heap))

    def close(self) -> None:
        """Stops the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._heap.clear()

    def _arm(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._loop.call_at(at, self._expire)

    def _expire(self) -> None:
        self._timer = None
        now = self._loop.time()
        heap = self._heap
        while heap and (heap[0][0] <= now or heap[0][2].ended):
            _, _, call = heappop(heap)
            if not call.ended:
                call.expire()
        if heap and (self._timer is None or heap[0][0] < self._timer_at):
            self._arm(heap[0][0])
