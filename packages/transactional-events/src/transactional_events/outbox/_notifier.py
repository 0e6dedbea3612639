"""Tells relays that events were committed, so that nobody has to wait for a poll."""

import asyncio
from collections.abc import Iterable

import structlog
from psycopg import AsyncConnection, Error
from psycopg_pool import AsyncConnectionPool

from transactional_events.db.outbox import AsyncQuerier
from transactional_events.streams._outgoing import OutgoingEvent

DEBOUNCE_SECONDS = 0.005
"""At most one NOTIFY in this time, for all the commits in it."""

log = structlog.get_logger()


class Wakeups:
    """Wakes this process's relay at once, and those of other processes by NOTIFY.

    The NOTIFY is sent after the commit and outside of its transaction: PostgreSQL lets transactions
    that notify commit only one after the other. One that gets lost costs a poll's time, no event.
    """

    def __init__(self) -> None:
        self.here = asyncio.Event()
        """Set when this process's relay has something to read."""
        self.owned: frozenset[int] = frozenset()
        """The buckets of this process's relay."""
        self.elsewhere = asyncio.Event()
        """Set when another process's relay has."""

    def committed(self, events: Iterable[OutgoingEvent]) -> None:
        """Says that a transaction with these events has been committed."""
        buckets = {event.bucket for event in events}
        if buckets & self.owned:
            self.here.set()
        if buckets - self.owned:
            self.elsewhere.set()

    async def notify(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        """Notifies other processes, until cancelled."""
        while True:
            await self.elsewhere.wait()
            self.elsewhere.clear()
            try:
                async with pool.connection() as connection:
                    await AsyncQuerier(connection).wake_relays()
            except Error as error:
                log.warning("relays were not woken", error=str(error))
            await asyncio.sleep(DEBOUNCE_SECONDS)
