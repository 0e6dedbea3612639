"""Finds the ids up to which no transaction can add rows to the outbox any more."""

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from transactional_events.db.low_watermarks import AsyncQuerier


@dataclass(slots=True)
class SettledIds:
    """The ids that no transaction in progress can commit any more.

    A row takes its id when it is inserted and becomes visible when its transaction commits, so rows
    become visible out of order. A transaction that inserts holds a table lock from before its first
    id is taken until after its rows are visible. When all transactions that held the lock at some
    moment have ended, each id taken before that moment is visible or never will be. CREATE INDEX
    CONCURRENTLY waits in the same way.
    """

    last: int = 0
    """The newest id that was assigned."""
    through: int = 0
    """Every id up to this one is settled for a query that begins from now on."""
    _candidate: int = 0
    _writers: frozenset[str | None] = frozenset()
    """The transactions that may still commit ids up to the candidate."""

    async def refresh(self, session: AsyncConnection[Any]) -> None:
        """Asks PostgreSQL for the newest id and the transactions that hold the outbox's insert lock."""
        queries = AsyncQuerier(session)
        # Read the id first: transactions that take a later id need not be waited for.
        last = await queries.last_outbox_id() or 0
        writers = frozenset([writer async for writer in queries.list_outbox_writers()])
        if last < self.last:  # set back, as by TRUNCATE … RESTART IDENTITY
            self.through = self._candidate = 0
        self.last = last
        if not self._writers & writers:
            self.through = self._candidate
            self._candidate, self._writers = last, writers
        if not writers:
            self.through = last
