"""Tells many watchers about changes of rows: at once about those of this process, others by polling."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from contextvars import Context
from functools import partial
from typing import Final, Generic, TypeVar

import structlog
from psycopg import Error

from transactional_grpc.database._database import Database
from transactional_grpc.database._errors import error_text
from transactional_grpc.database._transaction import Transaction
from transactional_grpc.repetitions import Repetitions

INTERVAL_SECONDS: Final = 0.25
"""The pause between two queries for all watched rows, so the time that a change takes at most to be seen."""

D = TypeVar("D")
K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
log = structlog.get_logger()


class _Watched(Generic[R]):
    """A row and its watchers."""

    def __init__(self) -> None:
        self.watchers = 0
        self.version = 0
        """How often the row was found changed; 0 until it has been read."""
        self.row: R | None = None
        self.error: Exception | None = None
        """Why the row couldn't be read for the first time."""
        self.changed = asyncio.Event()

    def set(self, row: R | None) -> None:
        """Tells the watchers about the row, unless they know it."""
        if not self.version or row != self.row:
            self.row = row
            self.version += 1
            self._tell()

    def fail(self, error: Exception) -> None:
        """Fails watchers that wait for the first row; the others wait for the next query."""
        if not self.version:
            self.error = error
            self._tell()

    def _tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class RowWatch(Generic[D, K, R]):
    """Watches rows by polling, which sees what any process commits. `changes` makes it read a row at once.

    One query reads all watched rows, while somebody watches. A watcher that is slower than the changes gets the newest
    row only, so nothing queues for it. The number of watched rows is bounded by the server's bound on streams.

    Args:
        read: Returns the row of each key, or None, in the order of the keys, by the database's queries.
        interval_seconds: The pause between two queries.
    """

    def __init__(
        self,
        read: Callable[[D, Sequence[K]], Awaitable[Sequence[R | None]]],
        *,
        interval_seconds: float = INTERVAL_SECONDS,
    ) -> None:
        self._read = read
        self._interval_seconds = interval_seconds
        self._watched: dict[K, _Watched[R]] = {}
        self._unread: list[K] = []
        """Keys whose rows are new or have changed since the last query; they don't wait for the next interval."""
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._repetitions = Repetitions()

    async def rows(self, database: Database[D], key: K) -> AsyncGenerator[R | None, None]:
        """Yields the row of a key, or None if there is none, at once and after each change.

        The watcher leaves when the generator is closed or collected.

        Raises:
            Exception: The first query failed. Later failures are logged, and the query is repeated.
        """
        watched = self._enter(database, key)
        try:
            seen = 0
            while True:
                if watched.version == seen:
                    await watched.changed.wait()
                if watched.error is not None:
                    raise watched.error
                seen = watched.version
                yield watched.row
        finally:
            self._leave(key, watched)

    def changes(self, tx: Transaction[D], keys: Iterable[K]) -> None:
        """Has the watchers in this process told about rows as soon as a transaction is committed.

        Args:
            tx: The transaction that changes the rows.
            keys: The keys of the rows. Those that nobody watches cost nothing.
        """
        tx.on_commit(partial(self._read_soon, list(keys)))

    def _read_soon(self, keys: Sequence[K]) -> None:
        watched = [key for key in keys if key in self._watched]
        if watched:
            self._unread += watched
            self._wanted.set()

    def _enter(self, database: Database[D], key: K) -> _Watched[R]:
        watched = self._watched.get(key)
        if watched is None or watched.error is not None:
            watched = self._watched[key] = _Watched()
            self._unread.append(key)
            self._wanted.set()
        watched.watchers += 1
        if self._task is None or self._task.done():
            # An event is bound to the first event loop that waits for it, and that loop may be closed.
            self._wanted = asyncio.Event()
            # The logs of the query must not name the call of the first watcher.
            self._task = asyncio.get_running_loop().create_task(
                self._run(database), context=Context()
            )
        return watched

    def _leave(self, key: K, watched: _Watched[R]) -> None:
        watched.watchers -= 1
        if not watched.watchers and self._watched.get(key) is watched:
            del self._watched[key]
            self._wanted.set()

    async def _run(self, database: Database[D]) -> None:
        now = asyncio.get_running_loop().time
        due = now() + self._interval_seconds
        while self._watched:
            self._wanted.clear()
            keys = [key for key in dict.fromkeys(self._unread) if key in self._watched]
            self._unread.clear()
            is_due = now() >= due  # once per round: a query of new keys may outlast the interval
            if is_due:
                keys = list(self._watched)
            if keys:
                await self._poll(database, keys)
            if is_due:
                due = now() + self._interval_seconds
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._wanted.wait()

    async def _poll(self, database: Database[D], keys: list[K]) -> None:
        try:
            rows = await database.run(lambda tx: self._read(tx.db, keys), writes=False)
        except Exception as error:  # noqa: BLE001 - a failure must not end the loop of all watchers
            self._log(error)
            for key in keys:
                if watched := self._watched.get(key):
                    watched.fail(error)
            return
        for key, row in zip(keys, rows, strict=True):
            if watched := self._watched.get(key):
                watched.set(row)

    def _log(self, error: Exception) -> None:
        text = error_text(error) if isinstance(error, Error) else repr(error)
        if self._repetitions.is_new(text):
            log.warning("watched rows can't be read", error=text)
