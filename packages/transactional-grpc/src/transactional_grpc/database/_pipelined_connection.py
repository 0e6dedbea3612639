"""A connection whose transactions run in a command pipeline."""

from asyncio import CancelledError
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from psycopg import AsyncConnection, AsyncRawCursor, Error
from psycopg.abc import PQGen
from psycopg.errors import InFailedSqlTransaction
from psycopg.pq import ConnStatus, PipelineStatus, TransactionStatus
from psycopg.rows import BaseRowFactory

from transactional_grpc.database._command_pipeline import CommandPipeline, forget_prepared
from transactional_grpc.database._pipeline_cursor import PipelineCursor

CANCEL_SECONDS_MAX = 5.0
"""How long the request to cancel a statement may take."""

T = TypeVar("T")


class PipelinedConnection(AsyncConnection[Any]):
    """Generated queries take their cursors from `query_cursor`. Any other use of psycopg leaves the pipeline first."""

    _commands: CommandPipeline | None = None
    _error: Error | None = None
    """The pipeline's first error, kept once psycopg has taken over: from then on the server only says that the
    transaction has failed."""

    def query_cursor(self, row_factory: BaseRowFactory[T]) -> AsyncRawCursor[T]:
        """Returns the cursor of a query."""
        if self._commands is not None:
            return PipelineCursor(self, self._commands, row_factory)
        return AsyncRawCursor(self, row_factory=row_factory)

    async def query_results(self) -> None:
        """Waits for the results of all queries.

        Raises:
            Error: a query failed.
        """
        if self._commands is not None:
            await self._commands.results()

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[None]:
        """Runs the block in a transaction. BEGIN travels with the first statement whose rows are awaited.

        Raises:
            Error: a statement or the commit failed.
        """
        self._error = None
        self._commands = CommandPipeline(self)
        try:
            self._commands.run(b"BEGIN")
            yield
            await self._commit_begun()
        except BaseException as error:
            with suppress(Error):  # the connection is broken, and the transaction with it
                await self._roll_back(error)
            await self._close_unless_idle()
            if self._error is not None and isinstance(error, InFailedSqlTransaction):
                raise self._error from None
            raise

    async def wait(self, gen: PQGen[T], *args: Any, **kwargs: Any) -> T:
        """Runs what psycopg asks for, behind the commands of the pipeline."""
        if self._commands is not None:
            await self._leave()
        return await super().wait(gen, *args, **kwargs)

    async def close(self) -> None:
        """Closes the connection, also in the middle of a transaction."""
        if self._commands is not None:
            self._commands.stop()
            self._commands = None
        await super().close()

    async def _leave(self) -> None:
        """Waits for all commands, and leaves the pipeline."""
        commands, self._commands = self._commands, None
        if commands is not None:
            await commands.leave()
            self._error = commands.error

    async def _commit_begun(self) -> None:
        if self._commands is not None:
            self._commands.run(b"COMMIT")
            await self._leave()
        elif not self._is(TransactionStatus.INERROR):
            await self.commit()
        elif self._error is None:  # COMMIT would roll back silently
            self._error = InFailedSqlTransaction("a statement of the transaction failed")
        if self._error is not None:
            raise self._error

    async def _roll_back(self, error: BaseException) -> None:
        if self._is(TransactionStatus.ACTIVE) and isinstance(error, CancelledError):
            await self.cancel_safe(timeout=CANCEL_SECONDS_MAX)
        commands, self._commands = self._commands, None
        if commands is not None:
            try:
                commands.sync()
                commands.run(b"ROLLBACK")
            finally:
                await commands.leave()
        elif self._is_outside_pipeline and not self._is(TransactionStatus.IDLE):
            await self.rollback()
            # psycopg's rollback has the server forget all statements, or none if psycopg has prepared none itself.
            await self.execute("DEALLOCATE ALL", prepare=False)
            forget_prepared(self)

    async def _close_unless_idle(self) -> None:
        """Closes a connection whose commit or roll-back was interrupted; the pool makes a new one."""
        is_idle = self._is_outside_pipeline and self._is(TransactionStatus.IDLE)
        if self.pgconn.status == ConnStatus.OK and not is_idle:
            await self.close()

    def _is(self, status: TransactionStatus) -> bool:
        return self.info.transaction_status == status

    @property
    def _is_outside_pipeline(self) -> bool:
        return self.pgconn.pipeline_status == PipelineStatus.OFF
