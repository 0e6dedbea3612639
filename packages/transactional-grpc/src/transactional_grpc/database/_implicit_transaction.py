"""Runs statements as one transaction without BEGIN and COMMIT, in one round trip.

PostgreSQL runs all statements before a Sync in one implicit transaction: they are committed together, or none is. This
module speaks libpq's pipeline mode itself (`psycopg.pq`), which takes half the CPU time of psycopg's pipeline.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, PipelineStatus
from psycopg.pq.abc import PGresult

Statement = tuple[str, str]
"""SQL and its one parameter, as text."""

_prepared: WeakKeyDictionary[AsyncConnection[Any], dict[str, bytes]] = WeakKeyDictionary()
"""For each connection the statements that its server has prepared, and their names."""


async def run_in_one_transaction(
    connection: AsyncConnection[Any], statements: Sequence[Statement]
) -> None:
    """Runs statements without parameters' types and results, and commits them.

    A caller that is canceled meanwhile closes the connection: whether the statements are committed is unknown then.

    Args:
        connection: An idle connection in autocommit mode.
        statements: At least one.

    Raises:
        Error: a statement or the commit failed. Nothing is committed, unless the connection is broken.
    """
    try:
        await _run(connection, statements)
    except InvalidSqlStatementName:
        # A rollback by psycopg has had the server forget all prepared statements of the connection.
        del _prepared[connection]
        await _run(connection, statements)


async def _run(connection: AsyncConnection[Any], statements: Sequence[Statement]) -> None:
    exchange = _Exchange(connection, _prepared.setdefault(connection, {}))
    try:
        exchange.send(statements)
        await exchange.done
    finally:
        exchange.stop()
        if connection.pgconn.pipeline_status != PipelineStatus.OFF:
            await connection.close()
    if exchange.error is not None:
        raise exchange.error


class _Exchange:
    """The statements on their way to the server, and its responses."""

    def __init__(self, connection: AsyncConnection[Any], prepared: dict[str, bytes]) -> None:
        self._pgconn = connection.pgconn
        self._socket = connection.pgconn.socket
        self._prepared = prepared
        self._loop = asyncio.get_running_loop()
        self._preparing: deque[tuple[str, bytes] | None] = deque()
        """For each command without a result yet: the statement that it prepares and its name, if it does."""
        self.done: asyncio.Future[None] = self._loop.create_future()
        self.error: Error | None = None

    def send(self, statements: Sequence[Statement]) -> None:
        pgconn = self._pgconn
        pgconn.enter_pipeline_mode()
        names = dict(self._prepared)
        for sql, parameter in statements:
            if sql not in names:
                names[sql] = b"batch_%d" % len(names)
                pgconn.send_prepare(names[sql], sql.encode())
                self._preparing.append((sql, names[sql]))
            pgconn.send_query_prepared(names[sql], [parameter.encode()])
            self._preparing.append(None)
        pgconn.pipeline_sync()
        self._loop.add_reader(self._socket, self._read)
        if pgconn.flush():
            self._loop.add_writer(self._socket, self._write)

    def stop(self) -> None:
        """Stops watching the socket."""
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)

    def _write(self) -> None:
        try:
            if not self._pgconn.flush():
                self._loop.remove_writer(self._socket)
        except OperationalError as error:
            self._end(error)

    def _read(self) -> None:
        pgconn = self._pgconn
        try:
            pgconn.consume_input()
            while not self.done.done() and not pgconn.is_busy():
                self._receive(pgconn.get_result())
        except OperationalError as error:
            self._end(error)

    def _receive(self, result: PGresult | None) -> None:
        if result is None:  # the end of one command's results
            if self._pgconn.status == ConnStatus.BAD:
                self._end(OperationalError("the server closed the connection"))
            return
        if result.status == ExecStatus.PIPELINE_SYNC:
            self._pgconn.exit_pipeline_mode()
            self._end(None)
            return
        # A failed commit has a result too, which belongs to no command.
        prepares = self._preparing.popleft() if self._preparing else None
        if result.status == ExecStatus.FATAL_ERROR:
            self.error = self.error or error_from_result(result)
        elif prepares and result.status == ExecStatus.COMMAND_OK:
            self._prepared[prepares[0]] = prepares[1]

    def _end(self, error: Error | None) -> None:
        self.error = self.error or error
        self.stop()
        if not self.done.done():
            self.done.set_result(None)
