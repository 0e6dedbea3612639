"""Transactions of a service's own database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

import stamina
from psycopg import AsyncConnection, Error

from transactional_grpc.database._batcher import Batcher
from transactional_grpc.database._batches import inserts_of, lookups_of
from transactional_grpc.database._commits import Commit, commit_together
from transactional_grpc.database._errors import is_retryable, is_stale
from transactional_grpc.database._pipelined_connection import PipelinedConnection
from transactional_grpc.database._pool import Pool
from transactional_grpc.database._session import Method, Session, insert_one, loader
from transactional_grpc.database._transaction import Transaction, TransactionHook

CONFLICT_ATTEMPTS_MAX = 20
CONFLICT_SECONDS_MAX = 3.0
"""Bounds on how often, and for how long, a transaction that conflicts with others is retried."""
CONFLICT_WAIT_SECONDS_MIN = 0.005
CONFLICT_WAIT_SECONDS_MAX = 0.1

D = TypeVar("D")
T = TypeVar("T")
Work: TypeAlias = Callable[[Transaction[D]], Awaitable[T]]


class Database(Generic[D]):
    """Opens transactions for use cases."""

    def __init__(
        self,
        pool: Pool,
        queries: Callable[[AsyncConnection[Any]], D],
        hooks: Sequence[TransactionHook] = (),
    ) -> None:
        """Makes the service's database.

        Args:
            pool: An open pool.
            queries: Makes the service's queries over a connection. If it is a class of sqlc-gen-python whose
                methods have batch forms, `run` can share commits and queries.
            hooks: Run with each transaction that writes, in this order.
        """
        self.pool = pool
        self._queries = queries
        self._hooks = tuple(hooks)
        self._commits = Batcher(self._connection, commit_together, lambda commit: commit.size)
        self._inserts: Mapping[str, Method] = {
            name: partial(insert_one, batch) for name, batch in inserts_of(queries).items()
        }
        self._lookups: Mapping[str, Method] = {
            name: loader(self._connection, batch) for name, batch in lookups_of(queries).items()
        }

    async def run(
        self,
        work: Work[D, T],
        *,
        writes: bool = True,
        shared: bool = False,
        correlation_id: str = "",
    ) -> T:
        """Runs `work` in a transaction and retries it from its beginning when it conflicts with another.

        PostgreSQL reports conflicts at the isolation levels `repeatable read` and `serializable`, and after a
        deadlock. The transaction is also retried if a statement must be prepared again, such as after a migration that
        changed a column's type. `work` may run several times, so it must have no effect outside its transaction.

        Args:
            work: Receives a new transaction for each attempt.
            writes: Whether to open it with `write`, instead of `read`.
            shared: Whether the transaction takes a connection only when it awaits rows. Until then it has no
                `tx.connection`, its INSERTs are committed together with those of others, and its look-ups by key
                share a query with others, if their queries have batch forms.
            correlation_id: The id of the request that the transaction serves.

        Raises:
            SerializationFailure, DeadlockDetected: the transaction still conflicts after
                CONFLICT_ATTEMPTS_MAX attempts or CONFLICT_SECONDS_MAX.
        """
        if shared and self._inserts if writes else shared and self._lookups:
            once = self._write_shared if writes else self._read_shared
        else:
            once = self._write_alone if writes else self._read_alone

        async def run_once() -> T:
            return await once(work, correlation_id)

        try:
            return await run_once()
        except Error as error:
            if not is_retryable(error):
                raise
            # The second attempt needs no pause: the other transaction has committed.
        async for attempt in stamina.retry_context(
            on=is_retryable,
            attempts=CONFLICT_ATTEMPTS_MAX - 1,
            timeout=CONFLICT_SECONDS_MAX,
            wait_initial=CONFLICT_WAIT_SECONDS_MIN,
            wait_max=CONFLICT_WAIT_SECONDS_MAX,
            wait_jitter=CONFLICT_WAIT_SECONDS_MAX,
        ):
            with attempt:
                return await run_once()
        raise AssertionError  # the last attempt returns or raises

    @asynccontextmanager
    async def read(self, correlation_id: str = "") -> AsyncIterator[Transaction[D]]:
        """Opens what a use case without side effects needs: each query sees the newest commit."""
        async with self._connection() as connection:
            yield Transaction(self._queries(connection), connection, _now(), correlation_id)

    @asynccontextmanager
    async def write(self, correlation_id: str = "") -> AsyncIterator[Transaction[D]]:
        """Opens a transaction; the hooks run right before and right after its commit.

        Statements are pipelined: those whose rows the caller does not await travel together with BEGIN and
        COMMIT, in one round trip.
        """
        async with self._begun() as connection:
            transaction = Transaction(self._queries(connection), connection, _now(), correlation_id)
            yield transaction
            await self._before_commit(transaction)
        transaction.committed(self._hooks)

    async def _read_alone(self, work: Work[D, T], correlation_id: str) -> T:
        async with self.read(correlation_id) as transaction:
            return await work(transaction)

    async def _write_alone(self, work: Work[D, T], correlation_id: str) -> T:
        async with self.write(correlation_id) as transaction:
            return await work(transaction)

    async def _read_shared(self, work: Work[D, T], correlation_id: str) -> T:
        async with Session(self._connection, self._queries, self._lookups) as session:
            return await work(Transaction(session.queries, session, _now(), correlation_id))

    async def _write_shared(self, work: Work[D, T], correlation_id: str) -> T:
        async with Session(self._begun, self._queries, self._inserts) as session:
            transaction = Transaction(session.queries, session, _now(), correlation_id)
            result = await work(transaction)
            await self._before_commit(transaction)
            if session.connection is None and session.inserts:
                committed = partial(transaction.committed, self._hooks)
                await self._commits.submit(Commit(session.inserts, committed))
                return result
        transaction.committed(self._hooks)
        return result

    async def _before_commit(self, transaction: Transaction[D]) -> None:
        for hook in self._hooks:
            await hook.before_commit(transaction)

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[PipelinedConnection]:
        """Lends a connection in a transaction, which ends with the block."""
        async with self._connection() as connection, connection.begun():
            yield connection

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[PipelinedConnection]:
        async with self.pool.connection() as connection:
            try:
                yield connection
            except Error as error:
                if is_stale(error):  # the pool makes a new connection
                    await connection.close()
                # A server that ends one session has probably ended those that are idle, too.
                if connection.broken:
                    # Canceled, it would lose the connections that it has taken from the pool.
                    await asyncio.shield(self.pool.check())
                raise


def _now() -> datetime:
    return datetime.now(UTC)
