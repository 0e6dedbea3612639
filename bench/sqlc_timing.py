"""How bench/sqlc_queries.py times calls against each other."""

import dataclasses
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

ROUNDS = 150

Call = Callable[[UUID], Any]
Timer = Callable[[Call, UUID, int], Awaitable[tuple[float, Any]]]


async def timed(call: Call, argument: UUID, number: int) -> tuple[float, Any]:
    """Returns the microseconds per call, and the last result."""
    start = time.perf_counter()
    for _ in range(number):
        result = call(argument)
    return (time.perf_counter() - start) / number * 1e6, result


async def timed_async(call: Call, argument: UUID, number: int) -> tuple[float, Any]:
    """The same of calls that are awaited."""
    start = time.perf_counter()
    for _ in range(number):
        result = await call(argument)
    return (time.perf_counter() - start) / number * 1e6, result


async def measure(timer: Timer, calls: Sequence[Call], argument: UUID, number: int) -> list[float]:
    """Returns each call's microseconds."""
    # Before the first round every statement is prepared, and all calls return the same rows.
    results = [(await timer(call, argument, number))[1] for call in calls]
    first, *others = [_values(result) for result in results]
    assert first
    assert all(other == first for other in others)
    times: list[list[float]] = [[] for _ in calls]
    gc.freeze()
    for turn in range(ROUNDS):
        # A call that runs after SQLAlchemy finds cold caches, so every call is the first of a round in turn.
        for position in range(len(calls)):
            which = (turn + position) % len(calls)
            gc.collect()
            times[which].append((await timer(calls[which], argument, number))[0])
    return [min(rounds) for rounds in times]


def _values(result: Any) -> list[tuple[Any, ...]]:
    rows = result if isinstance(result, list) else [result]
    return [dataclasses.astuple(row) for row in rows]
