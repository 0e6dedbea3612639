"""The current keys of an issuer, refreshed in the background and when a token has an unknown key id."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Final

import structlog
from joserfc.jwk import KeySet

from rpc_access._errors import KeySourceError
from rpc_access._key_sets import key_set_of
from rpc_access._key_sources import KeySource

WAITING_MAX: Final = 200
"""How many requests may wait for a refresh at once; each one holds a connection."""
FILE_CHECK_SECONDS: Final = 2.0
"""The time between two looks at a file of keys."""

log = structlog.get_logger()


class IssuerKeys:
    """The last keys that a source had; they are kept while the source is away.

    Args:
        source: Where the keys are.
        refresh_seconds: The time between two refreshes.
        fetch_interval_seconds_min: The least time between the beginnings of two fetches.
        on_change: Is called after the keys have changed.
    """

    def __init__(
        self,
        source: KeySource,
        *,
        refresh_seconds: float,
        fetch_interval_seconds_min: float,
        on_change: Callable[[], None],
    ) -> None:
        self.current: KeySet | None = None
        """None until the keys were read for the first time."""
        self._source = source
        self._refresh_seconds = FILE_CHECK_SECONDS if source.is_local else refresh_seconds
        self._interval_seconds_min = fetch_interval_seconds_min
        self._on_change = on_change
        self._text = b""
        self._next_fetch_at = 0.0
        self._fetching = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None
        """A refresh that hasn't begun to fetch."""
        self._waiting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed = False

    async def start(self) -> None:
        """Fetches the keys, and refreshes them from now on; a source that is away is tried again later."""
        await self._refreshed()
        self._create_task(self._refresh_for_ever())

    async def stop(self) -> None:
        """Ends all fetches."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _create_task(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def refresh(self) -> bool:
        """Waits until the keys have been fetched after this call began, at most once per interval.

        Returns:
            Whether they were: False when too many requests wait already.
        """
        if self._waiting >= WAITING_MAX:
            return False
        self._waiting += 1
        try:
            await self._refreshed()
        finally:
            self._waiting -= 1
        return True

    async def _refreshed(self) -> None:
        # Requests share a fetch that hasn't begun. One in progress may return the keys of before a rotation.
        if self._next is None:
            self._next = self._create_task(self._fetch_in_turn())
        await asyncio.shield(self._next)

    async def _refresh_for_ever(self) -> None:
        while True:
            pause = self._refresh_seconds if self.current else self._interval_seconds_min
            await asyncio.sleep(pause)
            await self._refreshed()

    async def _fetch_in_turn(self) -> None:
        async with self._fetching:
            try:
                await asyncio.sleep(self._next_fetch_at - time.monotonic())
            finally:
                self._next = None
            self._next_fetch_at = time.monotonic() + self._interval_seconds_min
            await self._fetch()

    async def _fetch(self) -> None:
        try:
            text = await self._source.read()
            if text == self._text:
                return
            keys = key_set_of(text, self._source.place)
        except KeySourceError as error:
            if not self._failed:
                log.warning("verification keys can't be read", error=str(error))
            self._failed = True
            return
        except Exception:  # an unforeseen error must not end the refreshes
            log.exception("verification keys can't be read", place=self._source.place)
            return
        self._text, self.current, self._failed = text, keys, False
        log.info("verification keys read", place=self._source.place, keys=len(keys.keys))
        self._on_change()
