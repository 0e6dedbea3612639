"""The life of a service's process: start, readiness, work, drain."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog

from transactional_grpc.server import Server

Part = Callable[[asyncio.Event, Callable[[], None]], Coroutine[Any, Any, None]]
"""Works until the event is set, and calls back once it is ready."""
Background = Coroutine[Any, Any, None]
"""Works until it is canceled."""

GC_THRESHOLDS: Final = (20_000, 20, 50)
"""Collects rarely: calls and events leave few reference cycles, and a full collection pauses all of them."""

log = structlog.get_logger()


class StoppedError(Exception):
    """The process was told to stop before it was up."""


def stop_signal() -> asyncio.Event:
    """Returns an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@asynccontextmanager
async def unless(stop: asyncio.Event) -> AsyncIterator[None]:
    """Cancels the block, and ends it with `StoppedError`, when the stop comes before its end."""
    try:
        async with asyncio.timeout(None) as block:
            stopping = asyncio.create_task(stop.wait())

            def end(task: asyncio.Task[bool]) -> None:
                if not task.cancelled():
                    block.reschedule(asyncio.get_running_loop().time())

            stopping.add_done_callback(end)
            try:
                yield
            finally:
                stopping.cancel()
    except TimeoutError:
        if stop.is_set():
            raise StoppedError from None
        raise


async def live(
    server: Server, parts: Sequence[Part], background: Sequence[Background], stop: asyncio.Event
) -> None:
    """Runs everything until the stop; a part that fails ends all of it."""
    ready = [asyncio.Event() for _ in parts]
    await server.start()
    async with asyncio.TaskGroup() as group:
        idle = [group.create_task(work) for work in background]
        working = [
            group.create_task(part(stop, event.set))
            for part, event in zip(parts, ready, strict=True)
        ]
        announcing = group.create_task(_announce(server, ready))
        await stop.wait()
        log.info("draining")
        announcing.cancel()
        await server.stop()
        await asyncio.gather(*working)
        for task in idle:
            task.cancel()
    log.info("stopped")


async def _announce(server: Server, ready: Sequence[asyncio.Event]) -> None:
    for event in ready:
        await event.wait()
    # All modules are loaded now, so their objects are excluded from garbage collection.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    await server.ready()
    log.info("ready")
