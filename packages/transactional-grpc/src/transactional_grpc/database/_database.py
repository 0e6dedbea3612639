"""Transactions of a service's own database."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import stamina
from psycopg import AsyncConnection, AsyncTransaction, Error
from psycopg.errors import PipelineAborted
from psycopg.pq import PipelineStatus, TransactionStatus

from transactional_grpc.database._errors import CONFLICTS
from transactional_grpc.database._pool import Pool
from transactional_grpc.database._transaction import Transaction, TransactionHook
from transactional_grpc.db.sessions import AsyncQuerier

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
    hooks: Sequence[TransactionHook] = ()
    """Run with each transaction that writes, in this order."""

    async def run(
        self,
        work: Callable[[Transaction[D]], Awaitable[T]],
        *,
        writes: bool = True,
        correlation_id: str = "",
    ) -> T:
        """Runs `work` in a transaction and retries it from its beginning when it conflicts with another.

        PostgreSQL reports conflicts at the isolation levels `repeatable read` and `serializable`,
        and after a deadlock. `work` may run several times, so it must have no effect outside of
        its transaction.

        Args:
            work: Receives a new transaction for each attempt.
            writes: Whether to open it with `write`, instead of `read`.
            correlation_id: The id of the request that the transaction serves.

        Raises:
            SerializationFailure, DeadlockDetected: the transaction still conflicts after
                CONFLICT_ATTEMPTS_MAX attempts or CONFLICT_SECONDS_MAX.
        """
        opened = self.write if writes else self.read

        async def run_once() -> T:
            async with opened(correlation_id) as transaction:
                return await work(transaction)

        try:
            return await run_once()
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
                return await run_once()
        raise AssertionError  # the last attempt returns or raises

    @asynccontextmanager
    async def read(self, correlation_id: str = "") -> AsyncIterator[Transaction[D]]:
        """Opens what a use case without side effects needs: each query sees the newest commit."""
        async with self._connection() as connection:
            yield self._transaction(connection, correlation_id)

    @asynccontextmanager
    async def write(self, correlation_id: str = "") -> AsyncIterator[Transaction[D]]:
        """Opens a transaction; the hooks run right before and right after its commit.

        Statements are pipelined: those whose rows nobody awaits travel together with BEGIN and
        COMMIT, in one round trip.
        """
        async with self._connection() as connection:
            transaction = self._transaction(connection, correlation_id)
            try:
                async with connection.pipeline(), AsyncTransaction(connection):
                    yield transaction
                    for hook in self.hooks:
                        await hook.before_commit(transaction)
            except PipelineAborted as aborted:
                raise _cause_of(aborted) from None
            finally:
                await _end(connection)
        for hook in self.hooks:
            hook.after_commit(transaction)

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

    def _transaction(self, connection: AsyncConnection[Any], correlation_id: str) -> Transaction[D]:
        now = datetime.now(UTC)
        return Transaction(self.queries(connection), connection, now, correlation_id)


def _cause_of(aborted: PipelineAborted) -> BaseException:
    """Returns the error of the statement that failed in a pipeline.

    If the error arrives between COMMIT and the end of the pipeline, psycopg raises it and then replaces it with
    the abort of COMMIT. The abort says neither whether the transaction may be retried nor what is wrong.
    """
    cause: BaseException = aborted
    while isinstance(cause, PipelineAborted) and isinstance(cause.__context__, Error):
        cause = cause.__context__
    return cause


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
