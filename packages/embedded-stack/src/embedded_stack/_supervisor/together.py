"""Runs coroutines concurrently."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def together(jobs: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Runs jobs concurrently; the first error cancels the others and is raised without an exception group."""
    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
