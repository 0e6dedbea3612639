"""The life of a service's process: start, readiness, work, drain."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from runtime.server import Server

Part = Callable[[asyncio.Event, Callable[[], None]], Coroutine[Any, Any, None]]
"""Works until the event is set, and calls back once it is ready."""
Background = Coroutine[Any, Any, None]
"""Works until it is canceled."""

log = structlog.get_logger()


def stop_signal() -> asyncio.Event:
    """Returns an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def live(
    server: Server, parts: Sequence[Part], background: Sequence[Background], stop: asyncio.Event
) -> None:
    """Runs everything until the stop; a part that fails ends all of it."""
    ready = [asyncio.Event() for _ in parts]
    await server.start()
    async with asyncio.TaskGroup() as group:
        idle = [group.create_task(each) for each in background]
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
    await server.ready()
    log.info("ready")
