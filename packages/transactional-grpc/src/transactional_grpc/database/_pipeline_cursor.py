"""The cursor of a query in a command pipeline."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, Self, TypeVar

from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq.abc import PGresult
from psycopg.rows import BaseRowFactory

from transactional_grpc.database._command_pipeline import CommandPipeline

T = TypeVar("T")


class PipelineCursor(AsyncRawCursor[T]):
    """Runs generated queries: executing only sends a statement, and fetching waits for all results that are due.

    Its methods raise the error of the first statement that failed.
    """

    def __init__(
        self,
        connection: AsyncConnection[Any],
        pipeline: CommandPipeline,
        row_factory: BaseRowFactory[T],
    ) -> None:
        super().__init__(connection, row_factory=row_factory)
        self._transformer = Transformer(connection)
        self._pipeline = pipeline
        self._arrived: list[PGresult] = []

    async def execute(  # type: ignore[override]  # what generated queries pass
        self,
        query: str,
        params: Sequence[Any] = (),
        *,
        prepare: bool = True,  # noqa: ARG002 - every statement is prepared
        binary: bool = False,
    ) -> Self:
        """Sends a statement."""
        self._send(query, params, int(binary))
        return self

    async def executemany(  # type: ignore[override]  # what generated queries pass
        self,
        query: str,
        params_seq: Iterable[Sequence[Any]],
        *,
        returning: bool = False,  # noqa: ARG002 - the results are there in any case
    ) -> None:
        """Sends a statement for each sequence of parameters."""
        for params in params_seq:
            self._send(query, params, 0)

    async def fetchone(self) -> T | None:
        """Returns the first row of the current result."""
        rows = await self._fetch(1)
        return rows[0] if rows else None

    async def fetchall(self) -> list[T]:
        """Returns the rows of the current result."""
        return await self._fetch(None)

    async def results(self) -> AsyncIterator[Self]:
        """Makes one result after the other the current one."""
        await self._pipeline.results()
        for result in self._arrived:
            self.pgresult = result
            yield self

    @property
    def rowcount(self) -> int:
        """The number of affected rows; -1 as long as no result has arrived."""
        return -1 if self.pgresult is None else self.pgresult.command_tuples or 0

    def _send(self, query: str, params: Sequence[Any], result_format: int) -> None:
        transformer = self._transformer
        dumped = transformer.dump_sequence(params, [PyFormat.AUTO] * len(params))
        self._pipeline.execute(
            query,
            dumped,
            types=transformer.types or (),
            formats=transformer.formats,
            result_format=result_format,
            on_result=self._add_result,
        )

    def _add_result(self, result: PGresult) -> None:
        self._arrived.append(result)
        if self.pgresult is None:
            self.pgresult = result

    async def _fetch(self, rows_max: int | None) -> list[T]:
        if self.pgresult is None:
            await self._pipeline.results()
        result = self.pgresult
        assert result is not None  # noqa: S101 - without an error every statement has a result
        self._transformer.set_pgresult(result)
        count = result.ntuples if rows_max is None else min(rows_max, result.ntuples)
        return self._transformer.load_rows(0, count, self._row_factory(self))
