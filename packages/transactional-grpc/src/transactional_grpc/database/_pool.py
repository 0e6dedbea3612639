"""The pool of connections to a service's own database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import structlog
from psycopg import AsyncConnection, Error, OperationalError
from psycopg.pq import TransactionStatus
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from transactional_grpc.database._connections import conninfo
from transactional_grpc.database._errors import error_text, is_final
from transactional_grpc.database._pipelined_connection import PipelinedConnection
from transactional_grpc.repetitions import Repetitions
from transactional_grpc.retries import retrying

POOL_SIZE_MAX = 10
"""Connections per process; PostgreSQL's default of 100 leaves room for ten processes."""
POOL_WAIT_SECONDS_MAX = 5.0
"""How long a request waits for a free connection before it is rejected as unavailable."""
AWAY_SECONDS_MAX = 0.5
"""How long a request waits when no connection can be made; a restart of the server may be over by then."""
POOL_QUEUE_MAX = 500
"""Requests that wait for a connection at once; more are rejected at once."""
RECONNECT_SECONDS_MAX = 5.0
"""The pool doubles the pause between attempts to connect for this long, then begins with the shortest again."""
TRANSACTION_MS_MAX = 10_000
"""PostgreSQL (17 or newer) ends a transaction after this, whatever it waits for, and frees its locks. It ends
that of a process that freezes in a pipeline too, which doesn't count as idle."""
LOCK_MS_MAX = 5_000
"""How long a statement waits for another transaction, such as one with the same Idempotency-Key."""
IDLE_IN_TRANSACTION_MS_MAX = 3_000
"""PostgreSQL ends the transaction of a process that freezes between two statements after this. It is less
than LOCK_MS_MAX, so that transactions that wait for its locks get them."""
ENCODING = "UTF8"

Connection = PipelinedConnection
log = structlog.get_logger()


class DatabaseError(Exception):
    """The database can't be used, and a retry would not help; the text says what to do."""


class Pool(AsyncConnectionPool[Connection]):
    """Connections in autocommit mode."""

    def __init__(self, url: str, application: str) -> None:
        bounds = {
            "transaction_timeout": TRANSACTION_MS_MAX,
            "lock_timeout": LOCK_MS_MAX,
            "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_MS_MAX,
        }
        super().__init__(
            conninfo(url, application, defaults=bounds),
            connection_class=_observed_by(self),
            kwargs={"autocommit": True, "prepare_threshold": 0},
            min_size=1,
            max_size=POOL_SIZE_MAX,
            timeout=POOL_WAIT_SECONDS_MAX,
            max_waiting=POOL_QUEUE_MAX,
            reconnect_timeout=RECONNECT_SECONDS_MAX,
            # When reconnecting fails, `check` starts another attempt; otherwise a full waiting queue
            # would block new attempts for ever.
            reconnect_failed=Pool.check,
            open=False,
        )
        self._connect_failed = False
        """Whether the last attempt to connect failed."""
        self._lent = 0
        self._waits: set[asyncio.Timeout] = set()
        self._repetitions = Repetitions()

    async def getconn(self, timeout: float | None = None) -> Connection:  # noqa: ASYNC109 - psycopg_pool's own
        """Lends a connection; waits for less than a second when the database is away.

        Raises:
            PoolTimeout: there is none in time.
        """
        try:
            async with asyncio.timeout(None) as wait:
                self._waits.add(wait)
                if self._is_away:
                    _hurry(wait)
                try:
                    connection = await super().getconn(timeout)
                finally:
                    self._waits.discard(wait)
        except TimeoutError:
            raise PoolTimeout("no connection can be made") from None
        self._lent += 1
        return connection

    async def putconn(self, conn: Connection) -> None:
        """Takes a connection back, even when the caller is canceled meanwhile.

        psycopg_pool's own method would lose the connection if it were canceled while it waits for
        the pool's lock, and the pool would stay smaller for ever.
        """
        self._lent -= 1
        is_idle = conn.info.transaction_status == TransactionStatus.IDLE
        if is_idle and not self._lock.locked() and not self._waiting:
            await super().putconn(
                conn
            )  # waits for nothing, so it can't be canceled; a task would cost more
        else:
            await asyncio.shield(super().putconn(conn))
        # The connection is lent again first. In turns, which is psycopg_pool's way, each server process would be used
        # rarely, and its memory would have left the processor's cache.
        self._pool.rotate(1)

    def connected(self) -> None:
        """Notes that a connection was made."""
        if self._connect_failed:
            log.info("database available again")
        self._connect_failed = False

    def connect_failed(self, error: Error) -> None:
        """Notes that an attempt to connect failed, and logs each reason once."""
        self._connect_failed = True
        if self._repetitions.is_new(str(error)):
            log.warning("database not available", error=error_text(error))
        if self._is_away:
            for wait in self._waits:
                _hurry(wait)

    @property
    def _is_away(self) -> bool:
        """Whether no connection can be made, and none that is lent will come back."""
        return self._connect_failed and not self._lent


def _hurry(wait: asyncio.Timeout) -> None:
    if wait.when() is None:
        wait.reschedule(asyncio.get_running_loop().time() + AWAY_SECONDS_MAX)


def _observed_by(pool: Pool) -> type[Connection]:
    class Observed(PipelinedConnection):
        @classmethod
        async def connect(cls, *args: Any, **kwargs: Any) -> Self:
            try:
                connection = await super().connect(*args, **kwargs)
            except Error as error:
                pool.connect_failed(error)
                raise
            pool.connected()
            return connection

    return Observed


@asynccontextmanager
async def open_pool(url: str, application: str) -> AsyncIterator[Pool]:
    """Opens a pool, as soon as the database responds.

    Raises:
        DatabaseError: it rejects the service, or has another encoding.
    """
    try:
        async for attempt in retrying(_passes):
            with attempt:
                await _require_encoding(conninfo(url, application, "start"))
                pool = Pool(url, application)
                await pool.open(wait=True, timeout=POOL_WAIT_SECONDS_MAX)
    except Error as error:
        raise DatabaseError(f"cannot use {application}'s database: {error_text(error)}") from None
    try:
        yield pool
    finally:
        await pool.close()


def _passes(error: Exception) -> bool:
    return isinstance(error, OperationalError) and not is_final(error)


async def _require_encoding(how: str) -> None:
    async with await AsyncConnection.connect(how, autocommit=True) as connection:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != ENCODING:
            raise DatabaseError(
                f"database {connection.info.dbname} has the encoding {encoding}, and the service needs "
                f"{ENCODING}: create one in UTF8 and move the rows to it"
            )
