"""Ends the work in progress when a process stops, within a bound."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

CANCEL_SECONDS_MAX = 1.0
"""How long canceled work may clean up before it is canceled again: psycopg would wait 10 s for a
server that doesn't respond."""
DRAIN_SECONDS_MAX = 8.0
"""How long work in progress may take after the stop; work that was not committed is done again later."""

T = TypeVar("T")


class DrainedError(Exception):
    """Work was canceled because the process stops."""


async def finish(work: Coroutine[Any, Any, T], stop: asyncio.Event) -> T:
    """Runs work to its end; once `stop` is set, for DRAIN_SECONDS_MAX at most.

    Raises:
        DrainedError: it took longer, and was canceled.
    """
    task = asyncio.ensure_future(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await asyncio.wait((task,), timeout=DRAIN_SECONDS_MAX)
        if not task.done():
            raise DrainedError
        return task.result()
    finally:
        stopping.cancel()
        while not task.done():
            task.cancel()
            await asyncio.wait((task,), timeout=CANCEL_SECONDS_MAX)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits, but not beyond the stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
