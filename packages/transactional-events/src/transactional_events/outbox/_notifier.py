"""Notifies relays of commits, so that an event doesn't wait for the next poll (LISTEN/NOTIFY)."""

import asyncio
from collections.abc import Iterable

import structlog
from psycopg import AsyncConnection, Error
from psycopg_pool import AsyncConnectionPool

from transactional_events.db.outbox import AsyncQuerier
from transactional_events.streams import OutgoingEvent

DEBOUNCE_SECONDS = 0.005
"""At most one NOTIFY in this time, for all the commits in it."""

log = structlog.get_logger()


class Notifier:
    """Notifies this process's relay at once, and those of other processes by NOTIFY.

    The NOTIFY is sent after the commit and outside of its transaction: PostgreSQL serializes
    the commits of transactions that call NOTIFY. A notification that gets lost delays events until
    the next poll.
    """

    def __init__(self) -> None:
        self.local = asyncio.Event()
        """Set when there are new events in partitions of this process's relay."""
        self.owned: frozenset[int] = frozenset()
        """The partitions of this process's relay."""
        self.remote = asyncio.Event()
        """Set when there are new events in other partitions."""

    def notify(self, events: Iterable[OutgoingEvent]) -> None:
        """Notifies the relays of events whose transaction is committed."""
        partitions = {event.bucket for event in events}
        if partitions & self.owned:
            self.local.set()
        if partitions - self.owned:
            self.remote.set()

    async def run(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        """Sends NOTIFY to other processes, until it is canceled."""
        while True:
            await self.remote.wait()
            self.remote.clear()
            try:
                async with pool.connection() as connection:
                    await AsyncQuerier(connection).wake_relays()
            except Error as error:
                log.warning("NOTIFY failed", error=str(error))
            await asyncio.sleep(DEBOUNCE_SECONDS)
