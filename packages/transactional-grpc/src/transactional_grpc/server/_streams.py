"""The streams of a server: bounds their number and their time, and ends them when the server stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from rpc_contract.v1.contract_errors import service_unavailable

STREAMS_MAX: Final = 5000
"""Streams of a server at once; a further one fails with SERVICE_UNAVAILABLE."""
STREAM_SECONDS_MAX: Final = 3600.0
"""How long a stream may last; it then ends with SERVICE_UNAVAILABLE, and the client resumes it."""


class Streams:
    """The streams in progress.

    Args:
        streams_max: How many there may be at once.
    """

    def __init__(self, streams_max: int) -> None:
        self._streams_max = streams_max
        self._scopes: set[asyncio.Timeout] = set()
        self._ended = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Counts a stream as long as the block lasts.

        Raises:
            ServiceError: There are too many streams, or this one must end.
        """
        if self._ended or len(self._scopes) >= self._streams_max:
            raise service_unavailable()
        scope = asyncio.timeout(STREAM_SECONDS_MAX)
        try:
            async with scope:
                self._scopes.add(scope)
                try:
                    yield
                finally:
                    self._scopes.discard(scope)
        except TimeoutError:
            if scope.expired():
                raise service_unavailable() from None
            raise

    def end(self) -> None:
        """Ends all streams, and rejects new ones, so that the clients resume them at another copy."""
        self._ended = True
        now = asyncio.get_running_loop().time()
        for scope in self._scopes:
            if not scope.expired():
                scope.reschedule(now)
