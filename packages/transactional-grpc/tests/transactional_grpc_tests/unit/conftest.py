"""Tests run on asyncio's loop, each in one of its own.

The fixture below is that of asyncio-grpc-http2's tests: a package is tested without the tests of others.
"""

import asyncio
from typing import Any

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def late_events_of_grpcio_are_dropped() -> None:
    """Drops errors about events of calls that an earlier test cancelled.

    grpcio has one queue of events for all event loops. The loop that takes an event from it passes it on to the loop
    of its call, which fails when that loop was closed with its test (https://github.com/grpc/grpc/pull/23377).
    """
    loop = asyncio.get_running_loop()
    report = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        late = "PollerCompletionQueue._handle_events" in context["message"]
        if not (late and str(context.get("exception")) == "Event loop is closed") and report:
            report(loop, context)

    loop.set_exception_handler(handle)
