"""Transactions of a service's own database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import stamina
from psycopg import AsyncConnection, AsyncTransaction, Error
from psycopg.pq import PipelineStatus, TransactionStatus

from runtime.database_errors import CONFLICTS
from runtime.messaging.outbox import Outbox
from runtime.pool import Pool
from runtime.transaction import Transaction
from shop.messaging.db.sessions import AsyncQuerier

CONFLICT_ATTEMPTS_MAX = 20
CONFLICT_SECONDS_MAX = 3.0
"""Bounds on how often, and for how long, a transaction that conflicts with others is retried."""
CONFLICT_WAIT_SECONDS_MIN = 0.005
CONFLICT_WAIT_SECONDS_MAX = 0.1

D = TypeVar("D")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Database(Generic[D]):
    """Opens transactions for use cases."""

    pool: Pool
    queries: Callable[[AsyncConnection[Any]], D]
    """Makes the service's queries over a connection."""
    outbox: Outbox

    async def run(
        self, work: Callable[[Transaction[D]], Awaitable[T]], *, writes: bool = True
    ) -> T:
        """Runs `work` in a transaction and retries it from its beginning when it conflicts with another.

        PostgreSQL reports conflicts at the isolation levels `repeatable read` and `serializable`,
        and after a deadlock. `work` may run several times, so it must have no effect outside of
        its transaction.

        Args:
            work: Receives a new transaction, without events, for each attempt.
            writes: Whether to open it with `write`, instead of `read`.

        Raises:
            SerializationFailure, DeadlockDetected: the transaction still conflicts after
                CONFLICT_ATTEMPTS_MAX attempts or CONFLICT_SECONDS_MAX.
        """
        try:
            return await self._run_once(work, writes=writes)
        except CONFLICTS:
            pass  # the other transaction has committed, so the second attempt needs no pause
        async for attempt in stamina.retry_context(
            on=CONFLICTS,
            attempts=CONFLICT_ATTEMPTS_MAX - 1,
            timeout=CONFLICT_SECONDS_MAX,
            wait_initial=CONFLICT_WAIT_SECONDS_MIN,
            wait_max=CONFLICT_WAIT_SECONDS_MAX,
            wait_jitter=CONFLICT_WAIT_SECONDS_MAX,
        ):
            with attempt:
                return await self._run_once(work, writes=writes)
        raise AssertionError  # the last attempt returns or raises

    async def _run_once(self, work: Callable[[Transaction[D]], Awaitable[T]], *, writes: bool) -> T:
        async with self.write() if writes else self.read() as transaction:
            return await work(transaction)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction[D]]:
        """Opens what a use case without side effects needs: each query sees the newest commit."""
        async with self._connection() as connection:
            yield self._transaction(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction[D]]:
        """Opens a transaction; its collected events go to the outbox as its last statement.

        Statements are pipelined: those whose rows nobody awaits travel together with BEGIN and
        COMMIT, in one round trip.
        """
        async with self._connection() as connection:
            transaction = self._transaction(connection)
            try:
                async with connection.pipeline(), AsyncTransaction(connection):
                    yield transaction
                    await self.outbox.flush(connection, transaction.outgoing)
            finally:
                await _end(connection)
        self.outbox.committed(transaction.outgoing)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        async with self.pool.connection() as connection:
            try:
                yield connection
            except Error:
                # A server that ends one session has probably ended those that are idle, too.
                if connection.broken:
                    await self.pool.check()
                raise

    def _transaction(self, connection: AsyncConnection[Any]) -> Transaction[D]:
        return Transaction(self.queries(connection), connection, datetime.now(UTC))


async def _end(connection: AsyncConnection[Any]) -> None:
    """Makes a connection fit for the next transaction, or ends it; the pool makes a new one then.

    After a statement that failed inside a pipeline, BEGIN is without its end, and the server keeps
    prepared statements that psycopg has forgotten: `rollback` has the server forget them, too.
    When psycopg is canceled while it opens a pipeline, it never closes that: what is read then stays
    in a transaction.
    """
    info = connection.info
    if info.pipeline_status != PipelineStatus.OFF:
        await connection.close()
    elif info.transaction_status == TransactionStatus.INERROR:
        await connection.rollback()
        await AsyncQuerier(connection).forget_statements()
