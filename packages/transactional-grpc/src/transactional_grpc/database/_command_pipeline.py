"""libpq's pipeline mode: commands are sent without waiting, and their results come in the same order.

psycopg's own pipeline takes more CPU time: it checks the socket and fetches results at each command.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.abc import Buffer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult

from transactional_grpc.database._errors import is_stale

PREPARED_MAX = 256
"""How many statements a connection prepares; more than a service has."""

OnResult = Callable[[PGresult], None]
"""Called with the result of a command that has succeeded."""
_Statement = tuple[str, tuple[int, ...] | None]


class _Sync:
    """Stands for a Sync among the commands that wait for their results."""


_SYNC = _Sync()
_SUCCESS = frozenset((ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK))
_prepared: WeakKeyDictionary[AsyncConnection[Any], dict[_Statement, bytes]] = WeakKeyDictionary()
"""For each connection the statements that its server has prepared, by SQL and types, and their names."""
_numbers = itertools.count()
"""Numbers for names, none of which comes twice in a process."""


def forget_prepared(connection: AsyncConnection[Any]) -> None:
    """Takes note that the server has forgotten all prepared statements of a connection."""
    _prepared.pop(connection, None)


class CommandPipeline:
    """The commands of an idle connection, from its first command until `leave`.

    After an error the server skips all commands up to the next Sync.
    """

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._pgconn = connection.pgconn
        self._socket = connection.pgconn.socket
        self._prepared = _prepared.setdefault(connection, {})
        self._preparing: dict[_Statement, bytes] = {}
        """The statements that are sent to be prepared."""
        self._loop = asyncio.get_running_loop()
        self._callbacks: deque[OnResult | _Sync | None] = deque()
        """For each command, and each Sync, that has no result yet: its callback, if it has one."""
        self._received = 0
        """How many commands and Syncs have their results."""
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        """Each waits until so many have their results."""
        self._is_stopped = False
        self.error: Error | None = None
        """The first error since the pipeline was entered."""
        self._pgconn.enter_pipeline_mode()
        self._loop.add_reader(self._socket, self._read)

    def run(self, command: bytes) -> None:
        """Sends a command without parameters."""
        self._pgconn.send_query_params(command, None)
        self._callbacks.append(None)

    def execute(
        self,
        sql: str,
        parameters: Sequence[Buffer | None],
        *,
        types: tuple[int, ...] | None = None,
        formats: Sequence[int] | None = None,
        result_format: int = 0,
        on_result: OnResult | None = None,
    ) -> None:
        """Sends a statement, which is prepared when it is sent for the first time.

        Args:
            sql: The statement, with parameters such as $1.
            parameters: The dumped parameters.
            types: The OIDs of their types; None leaves them to the server.
            formats: The formats of the parameters; None means text.
            result_format: The format of the rows.
            on_result: Called with the result if the statement succeeds.
        """
        name = self._name_of(sql, types)
        if name is None:
            self._pgconn.send_query_params(
                sql.encode(), parameters, types, formats, result_format=result_format
            )
        else:
            self._pgconn.send_query_prepared(name, parameters, formats, result_format=result_format)
        self._callbacks.append(on_result)
        if self._waiting:
            self._receive_arrived()

    def sync(self) -> None:
        """Sends a Sync: the server stops skipping commands after an error, and commits what ran outside of BEGIN."""
        self._pgconn.pipeline_sync()
        self._callbacks.append(_SYNC)

    async def results(self) -> None:
        """Waits for the results of all commands that were sent before this call.

        Raises:
            Error: a command failed.
        """
        if self._callbacks:
            self._pgconn.send_flush_request()
            await self._wait()
        if self.error is not None:
            raise self.error

    async def leave(self) -> None:
        """Waits for all results, and leaves pipeline mode; `error` tells whether a command failed."""
        try:
            if self._pgconn.status == ConnStatus.OK:
                self.sync()
                await self._wait()
        finally:
            self.stop()
        if self._pgconn.status == ConnStatus.OK:
            self._pgconn.exit_pipeline_mode()

    def stop(self) -> None:
        """Stops watching the socket, and fails commands that have no result."""
        if self._is_stopped:  # the number of a closed socket may be that of another connection now
            return
        self._is_stopped = True
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        if self._callbacks:
            self.error = self.error or OperationalError("the pipeline was left before its end")
            self._received += len(self._callbacks)
            self._callbacks.clear()
            self._wake()

    def _name_of(self, sql: str, types: tuple[int, ...] | None) -> bytes | None:
        """Returns the name of a statement that is prepared, or will be; None if there are too many."""
        key = sql, types
        name = self._prepared.get(key) or self._preparing.get(key)
        if name is None and len(self._prepared) < PREPARED_MAX:
            name = self._preparing[key] = b"pipeline_%d" % next(_numbers)
            self._pgconn.send_prepare(name, sql.encode(), types)
            self._callbacks.append(partial(self._has_prepared, key, name))
        return name

    def _has_prepared(self, statement: _Statement, name: bytes, _: PGresult) -> None:
        self._prepared[statement] = name

    async def _wait(self) -> None:
        if self._is_stopped:
            raise OperationalError("the pipeline has been left")
        if self._pgconn.flush():
            self._loop.add_writer(self._socket, self._write)
        arrived = self._loop.create_future()
        self._waiting.append((self._received + len(self._callbacks), arrived))
        self._receive_arrived()
        await arrived

    def _write(self) -> None:
        try:
            if not self._pgconn.flush():
                self._loop.remove_writer(self._socket)
        except OperationalError as error:
            self._break(error)
        self._receive_arrived()

    def _read(self) -> None:
        try:
            self._pgconn.consume_input()
        except OperationalError as error:
            self._break(error)
        self._receive_arrived()

    def _receive_arrived(self) -> None:
        """Receives the results that libpq has read, which it also does when it can't send at once."""
        try:
            while self._callbacks and not self._pgconn.is_busy():
                self._receive(self._pgconn.get_result())
        except OperationalError as error:
            self._break(error)
        self._wake()

    def _receive(self, result: PGresult | None) -> None:
        if result is None:  # the end of one command's results
            if self._pgconn.status == ConnStatus.BAD:
                raise OperationalError("the server closed the connection")
            return
        if result.status == ExecStatus.FATAL_ERROR:
            self.error = self.error or error_from_result(result)
            if is_stale(self.error):
                self._prepared.clear()
        # A commit without COMMIT that fails has a result before that of its Sync.
        if self._callbacks[0] is _SYNC and result.status != ExecStatus.PIPELINE_SYNC:
            return
        callback = self._callbacks.popleft()
        self._received += 1
        if callable(callback) and result.status in _SUCCESS:
            callback(result)

    def _break(self, error: Error) -> None:
        """Gives up: the connection is broken, and no more results come."""
        self.error = self.error or error
        self.stop()

    def _wake(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._received:
            _, arrived = self._waiting.popleft()
            if not arrived.done():
                arrived.set_result(None)
