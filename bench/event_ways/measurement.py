"""The measurement of one way at one rate."""

import asyncio
import random
import statistics
import time
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from bench.event_ways.way import Latencies, Way
from bench.measuring.cpu import cpu_seconds

SECONDS = 5.0
DRAIN_SECONDS_MAX = 10.0
"""How long the last events may take on a busy machine."""


@dataclass(frozen=True)
class Result:
    """A way at a rate."""

    p50_ms: float
    p99_ms: float
    broker_us: float
    """The broker's CPU per event, beyond what it takes when idle."""


async def measure(way: Way, rate: int, broker: int, idle: float) -> Result:
    """Publishes events at random moments.

    Args:
        way: what publishes and reads them.
        rate: events a second.
        broker: the broker's process id.
        idle: the broker's CPU seconds per second without clients.
    """
    latencies = Latencies()
    async with way.open(latencies) as publish, asyncio.TaskGroup() as tasks:
        await publish(str(uuid4()))
        await asyncio.sleep(1)  # connections and plans are made
        latencies.happened.clear()
        latencies.read.clear()
        began, before = time.perf_counter(), _cpu(broker)
        due, count = began, 0
        while (due := due + random.expovariate(rate)) < began + SECONDS:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(publish(str(uuid4())))
            count += 1
        await _drained(latencies, count)
        cpu = _cpu(broker) - before - idle * (time.perf_counter() - began)
    found = latencies.milliseconds()
    assert len(found) == count, f"{way.name}: {len(found)} of {count} events were read"
    return Result(statistics.median(found), found[int(len(found) * 0.99)], cpu / count * 1e6)


async def idle_share(broker: int) -> float:
    """Returns the broker's CPU seconds per second without clients."""
    before = _cpu(broker)
    await asyncio.sleep(3)
    return (_cpu(broker) - before) / 3


async def _drained(latencies: Latencies, count: int) -> None:
    """Waits until so many events have happened and are read, for DRAIN_SECONDS_MAX at most."""
    happened, read = latencies.happened, latencies.read
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS_MAX):
            while len(happened) < count or not all(key in read for key in happened):  # noqa: ASYNC110 - a thread reads
                await asyncio.sleep(0.05)


def _cpu(process: int) -> float:
    return cpu_seconds({"broker": [process]})["broker"]
