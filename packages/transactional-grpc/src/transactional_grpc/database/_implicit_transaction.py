"""Runs statements as one transaction without BEGIN and COMMIT, in one round trip.

PostgreSQL runs all statements before a Sync in one implicit transaction: they are committed together, or none is.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection, Error
from psycopg.pq import PipelineStatus
from psycopg.pq.abc import PGresult

from transactional_grpc.database._command_pipeline import CommandPipeline
from transactional_grpc.database._errors import is_stale

Statement = tuple[str, str]
"""SQL and its one parameter, as text."""


async def run_in_one_transaction(
    connection: AsyncConnection[Any], statements: Sequence[Statement]
) -> list[list[bytes]]:
    """Runs statements without parameters' types, and commits them.

    A caller that is canceled meanwhile closes the connection: whether the statements are committed is unknown then.

    Args:
        connection: An idle connection in autocommit mode.
        statements: At least one.

    Returns:
        For each statement the first column of the rows that it returns, as text.

    Raises:
        Error: a statement or the commit failed. Nothing is committed, unless the connection is broken.
    """
    try:
        return await _run(connection, statements)
    except Error as error:
        if not is_stale(error):
            raise
        return await _run(connection, statements)


async def _run(
    connection: AsyncConnection[Any], statements: Sequence[Statement]
) -> list[list[bytes]]:
    returned: list[list[bytes]] = []

    def add(result: PGresult) -> None:
        returned.append([result.get_value(row, 0) or b"" for row in range(result.ntuples)])

    pipeline = CommandPipeline(connection)
    try:
        for sql, parameter in statements:
            pipeline.execute(sql, (parameter.encode(),), on_result=add)
        await pipeline.leave()
    finally:
        pipeline.stop()
        if connection.pgconn.pipeline_status != PipelineStatus.OFF:
            await connection.close()
    if pipeline.error is not None:
        raise pipeline.error
    return returned
