"""Connections and transactions of a service's own database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from psycopg import AsyncConnection, AsyncTransaction, Error
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from runtime.messaging.outbox import Outbox
from runtime.transaction import Transaction

POOL_SIZE_MAX = 10
"""Connections per process; PostgreSQL's default of 100 leaves room for ten processes."""
POOL_WAIT_SECONDS_MAX = 5.0
"""How long a request waits for a free connection before it is refused as unavailable."""
POOL_QUEUE_MAX = 500
"""Requests that wait for a connection at once; more are refused right away."""
CONNECT_SECONDS_MAX = 5
RECONNECT_SECONDS_MAX = 5.0
"""The pool tries to connect after pauses that double, and for so long; then it begins anew, with the shortest."""
SILENCE_SECONDS_MAX = 10
"""A server whose machine says nothing for so long has gone without a word, as in a failover: the kernel alone
would have whoever waits for its answer wait for two hours."""
TRANSACTION_MS_MAX = 10_000
"""A transaction ends after this whatever it waits for, also for a process that freezes in a pipeline, which
counts as busy: its locks are free then. PostgreSQL 17 or newer."""
LOCK_MS_MAX = 5_000
"""How long a statement waits for another transaction, such as one with the same Idempotency-Key."""
IDLE_IN_TRANSACTION_MS_MAX = 3_000
"""A process that freezes between the statements of a transaction loses it, and its locks, after this:
less than LOCK_MS_MAX, so that those who wait for the locks get them."""

D = TypeVar("D")


class Pool(AsyncConnectionPool[AsyncConnection[Any]]):
    """Connections in autocommit mode."""

    async def putconn(self, conn: AsyncConnection[Any]) -> None:
        """Takes a connection back, also from a client that is canceled at this very moment.

        Psycopg's own would lose it if it had to wait for the pool's lock, and never make another one.
        """
        await asyncio.shield(super().putconn(conn))


class DatabaseUnavailableError(Exception):
    """The database can't be reached at start-up."""


@asynccontextmanager
async def open_pool(url: str, application: str) -> AsyncIterator[Pool]:
    """Opens a pool.

    Raises:
        DatabaseUnavailableError: not even one connection can be made.
    """
    bounds = {
        "transaction_timeout": TRANSACTION_MS_MAX,
        "lock_timeout": LOCK_MS_MAX,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_MS_MAX,
    }
    pool = Pool(
        url,
        kwargs={
            "autocommit": True,
            "prepare_threshold": 0,
            "application_name": application,
            "connect_timeout": CONNECT_SECONDS_MAX,
            "keepalives_idle": SILENCE_SECONDS_MAX // 2,
            "keepalives_interval": 1,
            "keepalives_count": SILENCE_SECONDS_MAX // 2,
            "tcp_user_timeout": SILENCE_SECONDS_MAX * 1000,
            "options": " ".join(f"-c {name}={ms}" for name, ms in bounds.items()),
        },
        min_size=1,
        max_size=POOL_SIZE_MAX,
        timeout=POOL_WAIT_SECONDS_MAX,
        max_waiting=POOL_QUEUE_MAX,
        reconnect_timeout=RECONNECT_SECONDS_MAX,
        # Who gives up leaves it to the next request, and a queue that is full lets none in.
        reconnect_failed=Pool.check,
        open=False,
    )
    try:
        await pool.open(wait=True, timeout=CONNECT_SECONDS_MAX)
    except PoolTimeout:
        await pool.close()
        raise DatabaseUnavailableError(f"cannot connect to the database of {application}") from None
    try:
        yield pool
    finally:
        await pool.close()


@dataclass(frozen=True, slots=True)
class Database(Generic[D]):
    """Opens transactions for use cases."""

    pool: Pool
    queries: Callable[[AsyncConnection[Any]], D]
    """Makes the service's queries over a connection."""
    outbox: Outbox

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
    """Ends a connection that its transaction leaves unfit; the pool makes a new one.

    When psycopg is canceled while it opens a pipeline, it never closes that: what is read then stays
    in a transaction. After a statement that failed inside a pipeline, BEGIN is without its end, and
    the server keeps prepared statements that psycopg has forgotten.
    """
    info = connection.info
    if (
        info.pipeline_status != PipelineStatus.OFF
        or info.transaction_status == TransactionStatus.INERROR
    ):
        await connection.close()
