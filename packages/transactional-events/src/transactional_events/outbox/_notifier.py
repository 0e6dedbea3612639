"""Notifies relays of commits, so that an event doesn't wait for the next poll (LISTEN/NOTIFY)."""

import asyncio
from collections.abc import Sequence

import structlog
from psycopg import Error

from transactional_events.db.models import Outbox as Row
from transactional_events.db.outbox import AsyncQuerier
from transactional_events.outbox._committed_rows import CommittedRows
from transactional_events.turns import turn_seconds
from transactional_grpc.database import Pool

NOTIFY_WEIGHT = 5
"""A NOTIFY makes the relay of every copy read the outbox, so the pause behind it is as long as that behind a batch of so
many times its events."""

log = structlog.get_logger()


class Notifier:
    """Hands committed rows to this process's relay, and notifies those of other processes by NOTIFY.

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
        self._remote_count = 0
        """The number of these events since the last NOTIFY."""
        self.committed = CommittedRows()
        """The rows for this process's relay."""
        self.is_notified = False
        """Whether another process has sent NOTIFY since the last read."""

    def notify(self, rows: Sequence[Row]) -> None:
        """Notifies the relays of rows whose transaction is committed."""
        if self.owned:
            self.committed.add(rows, self.owned)
        local_count = sum(row.bucket in self.owned for row in rows)
        if local_count:
            self.local.set()
        if local_count < len(rows):
            self._remote_count += len(rows) - local_count
            self.remote.set()

    def notified(self) -> None:
        """Makes this process's relay read the outbox, after a NOTIFY."""
        self.is_notified = True
        self.local.set()

    async def run(self, pool: Pool) -> None:
        """Sends NOTIFY to other processes, until it is canceled."""
        while True:
            await self.remote.wait()
            self.remote.clear()
            count, self._remote_count = self._remote_count, 0
            try:
                async with pool.connection() as connection:
                    await AsyncQuerier(connection).wake_relays()
            except Error as error:
                log.warning("NOTIFY failed", error=str(error))
            await asyncio.sleep(turn_seconds(NOTIFY_WEIGHT * count))
