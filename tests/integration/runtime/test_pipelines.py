"""Queries in a pipeline, and psycopg's own statements among them, are one transaction."""

import asyncio
import select
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any, LiteralString, cast

import pytest
from psycopg import AsyncConnection, OperationalError
from psycopg.errors import (
    DivisionByZero,
    InFailedSqlTransaction,
    QueryCanceled,
    RaiseException,
    UniqueViolation,
)
from psycopg.rows import tuple_row

from embedded_stack.testing import Running
from tests.empty_database import empty_database
from transactional_grpc.database import Database, Pool, Transaction, open_pool
from transactional_grpc.database import _command_pipeline as command_pipeline
from transactional_grpc.database._batcher import Batcher
from transactional_grpc.database._pipelined_connection import PipelinedConnection

pytestmark = pytest.mark.anyio
SECONDS_MAX = 10
MORE_THAN_A_SOCKET_HOLDS = 20_000_000
INSERT: LiteralString = "INSERT INTO numbers (number) VALUES ($1::int)"
SELECT: LiteralString = "SELECT number FROM numbers"
COUNT: LiteralString = "SELECT count(*)::int FROM numbers"
TABLES = """
CREATE TABLE numbers (number int UNIQUE DEFERRABLE INITIALLY IMMEDIATE);
CREATE TABLE checked (number int UNIQUE DEFERRABLE INITIALLY DEFERRED);
"""

Numbers = Database[PipelinedConnection]


@pytest.fixture
async def pool(postgres: Running) -> AsyncIterator[Pool]:
    server = postgres.endpoints.superuser_database_url
    with empty_database(server, "pipelines") as url:
        async with open_pool(url, "test") as opened:
            async with opened.connection() as connection:
                await connection.execute(TABLES, prepare=False)
            yield opened


@pytest.fixture
def numbers(pool: Pool) -> Numbers:
    """A database whose queries are a connection, on which tests run any SQL."""
    return Database(pool, lambda connection: cast("PipelinedConnection", connection))


async def execute(connection: PipelinedConnection, sql: LiteralString, *values: Any) -> Any:
    """Runs a statement as generated queries do, without awaiting its result."""
    return await connection.query_cursor(tuple_row).execute(sql, values, prepare=True)


async def value(connection: PipelinedConnection, sql: LiteralString, *values: Any) -> Any:
    """Returns the first value of a query."""
    row = await (await execute(connection, sql, *values)).fetchone()
    return row[0]


async def stored(numbers: Numbers) -> int:
    async with numbers.read() as tx:
        return int(await value(tx.db, COUNT))


async def test_statements_of_psycopg_and_queries_see_each_other(numbers: Numbers) -> None:
    async with numbers.write() as tx:
        await execute(tx.db, INSERT, 1)
        cursor = await tx.connection.execute(COUNT)
        assert await cursor.fetchone() == (1,)
        await execute(tx.db, INSERT, 2)
        await tx.connection.execute("INSERT INTO numbers VALUES (3)")
        assert await value(tx.db, COUNT) == 3
        assert await stored(numbers) == 0, "something was committed before the end"
    assert await stored(numbers) == 3


@pytest.mark.parametrize("sql", ["SELECT 1", None])
async def test_exception_undoes_all_statements(numbers: Numbers, sql: LiteralString | None) -> None:
    async def fail() -> None:
        async with numbers.write() as tx:
            await execute(tx.db, INSERT, 1)
            if sql:
                await tx.connection.execute(sql)
            await execute(tx.db, INSERT, 2)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await stored(numbers) == 0


async def test_error_of_a_statement_that_nobody_awaits_fails_the_commit(
    numbers: Numbers, pool: Pool
) -> None:
    async def insert_twice() -> None:
        async with numbers.write() as tx:
            for number in (1, 1, 2):
                await execute(tx.db, INSERT, number)

    with pytest.raises(UniqueViolation):
        await insert_twice()
    assert await stored(numbers) == 0
    assert pool.get_stats()["pool_size"] == 1, "the connection was lost"


@pytest.mark.parametrize("by_psycopg", [False, True])
async def test_error_that_a_rule_swallows_fails_the_commit(
    numbers: Numbers, *, by_psycopg: bool
) -> None:
    sql: LiteralString = "SELECT 1 / 0"

    async def swallow() -> None:
        async with numbers.write() as tx:
            await execute(tx.db, INSERT, 1)
            with pytest.raises(DivisionByZero):
                await (tx.connection.execute(sql) if by_psycopg else value(tx.db, sql))

    with pytest.raises(InFailedSqlTransaction if by_psycopg else DivisionByZero):
        await swallow()
    assert await stored(numbers) == 0


async def test_error_of_the_commit_itself_is_raised(numbers: Numbers) -> None:
    async def violate() -> None:
        async with numbers.write() as tx:
            await execute(tx.db, "INSERT INTO checked VALUES (1), (1)")
            assert await value(tx.db, COUNT) == 0

    with pytest.raises(UniqueViolation):
        await violate()


async def test_savepoint_of_psycopg_undoes_only_what_is_in_it(numbers: Numbers) -> None:
    async def use(tx: Transaction[PipelinedConnection], number: int) -> None:
        await execute(tx.db, INSERT, number)
        with pytest.raises(RaiseException):
            await undo(tx.db, number + 1)

    async def undo(connection: PipelinedConnection, number: int) -> None:
        async with connection.transaction():
            await execute(connection, INSERT, number)
            await connection.execute("DO 'BEGIN RAISE EXCEPTION $$no$$; END'")

    for number in range(
        0, 10, 2
    ):  # psycopg has the server forget all prepared statements each time
        await numbers.run(partial(use, number=number))
    assert await stored(numbers) == 5


async def test_statements_that_the_server_has_forgotten_are_prepared_again(
    numbers: Numbers, pool: Pool
) -> None:
    async def insert(number: int) -> None:
        await numbers.run(lambda tx: execute(tx.db, INSERT, number))

    await insert(1)
    async with pool.connection() as connection:
        await connection.execute("DEALLOCATE ALL")
    await insert(2)
    assert await stored(numbers) == 2


@pytest.mark.parametrize("writes", [False, True])
async def test_statements_are_prepared_again_after_a_column_has_changed_its_type(
    numbers: Numbers, *, writes: bool
) -> None:
    async def read() -> Any:
        return await numbers.run(lambda tx: value(tx.db, SELECT), writes=writes)

    await numbers.run(lambda tx: execute(tx.db, INSERT, 1))
    assert await read() == 1
    await change_type(numbers)
    assert await read() == 1


async def test_batches_are_prepared_again_after_a_column_has_changed_its_type(
    numbers: Numbers,
) -> None:
    async def run(connection: Any, items: Sequence[int]) -> list[Any]:
        rows = await connection.execute(SELECT, prepare=True)
        return [await rows.fetchone()] * len(items)

    await numbers.run(lambda tx: execute(tx.db, INSERT, 1))
    batcher: Batcher[int, Any] = Batcher(numbers._connection, run, lambda _: 1)
    assert await batcher.submit(1) == (1,)
    await change_type(numbers)
    await asyncio.gather(*map(batcher.submit, range(3)), return_exceptions=True)
    assert await asyncio.gather(*map(batcher.submit, range(3))) == [(1,)] * 3


async def change_type(numbers: Numbers) -> None:
    """Changes the type of a column in another session, as a migration does."""
    async with numbers.pool.connection() as connection:
        administrator = await AsyncConnection.connect(
            connection.info.dsn, password=connection.info.password, autocommit=True
        )
    async with administrator:
        await administrator.execute("ALTER TABLE numbers ALTER COLUMN number TYPE bigint")


async def test_queries_of_one_transaction_may_run_at_once(numbers: Numbers) -> None:
    async with numbers.write() as tx:
        texts = [value(tx.db, "SELECT $1::text", str(number)) for number in range(20)]
        assert await asyncio.gather(*texts) == [str(number) for number in range(20)]


async def test_query_ends_while_another_one_is_not_awaited(numbers: Numbers) -> None:
    async with numbers.write() as tx, asyncio.timeout(SECONDS_MAX):
        found, _ = await asyncio.gather(value(tx.db, COUNT), execute(tx.db, INSERT, 1))
        assert found == 0
        assert await value(tx.db, COUNT) == 1


async def test_result_that_arrives_while_another_query_is_sent(numbers: Numbers) -> None:
    async with numbers.write() as tx, asyncio.timeout(SECONDS_MAX):
        await value(tx.db, COUNT)
        query = asyncio.create_task(value(tx.db, COUNT))
        await asyncio.sleep(0)  # the query is sent
        select.select([tx.db.fileno()], [], [], SECONDS_MAX)  # blocks the event loop, too
        await execute(tx.db, "SELECT length($1::text)", "x" * MORE_THAN_A_SOCKET_HOLDS)
        assert await query == 0


async def test_closing_the_connection_fails_the_queries_of_other_tasks(numbers: Numbers) -> None:
    async def close() -> None:
        async with numbers.write() as tx:
            query = asyncio.create_task(value(tx.db, "SELECT pg_sleep(10)::text"))
            await asyncio.sleep(0)
            await tx.connection.close()
            await query

    async with asyncio.timeout(SECONDS_MAX):
        with pytest.raises(OperationalError, match="left before its end"):
            await close()


async def test_stopping_twice_does_not_disturb_the_next_user_of_the_socket_number(
    pool: Pool,
) -> None:
    loop = asyncio.get_running_loop()
    async with pool.connection() as connection:
        pipeline = command_pipeline.CommandPipeline(connection)
        pipeline.stop()
        loop.add_reader(connection.fileno(), lambda: None)
        pipeline.stop()
        assert loop.remove_reader(connection.fileno())
        await connection.close()


async def test_canceled_statement_ends_at_the_server(numbers: Numbers, pool: Pool) -> None:
    async with numbers.write() as holder:
        await value(holder.db, "SELECT pg_advisory_xact_lock(7)::text")

        async def wait() -> None:
            async with numbers.write() as tx:
                await execute(tx.db, INSERT, 1)
                await value(tx.db, "SELECT pg_advisory_xact_lock(7)::text")

        task = asyncio.create_task(wait())
        await _await_lock(pool)
        task.cancel()
        async with asyncio.timeout(SECONDS_MAX):
            await asyncio.wait((task,))
        assert task.cancelled()
        assert not await _waiting(pool), "the server still waits for the lock"
    assert await stored(numbers) == 0


async def _await_lock(pool: Pool) -> None:
    async with asyncio.timeout(SECONDS_MAX):
        while not await _waiting(pool):  # noqa: ASYNC110 - PostgreSQL tells nobody who waits
            await asyncio.sleep(0.01)


async def _waiting(pool: Pool) -> bool:
    async with pool.connection() as connection:
        row = await connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return await row.fetchone() != (0,)


async def test_statement_that_takes_too_long_fails_the_transaction(numbers: Numbers) -> None:
    async def sleep() -> None:
        async with numbers.write() as tx:
            await execute(tx.db, "SET LOCAL statement_timeout = 50")
            await execute(tx.db, INSERT, 1)
            await value(tx.db, "SELECT pg_sleep(10)::text")

    with pytest.raises(QueryCanceled):
        await sleep()
    assert await stored(numbers) == 0


async def test_large_statements_and_results_pass_each_other(numbers: Numbers) -> None:
    """More bytes than the sockets hold, in both directions at once."""
    text = "x" * 1_000_000
    async with numbers.write() as tx:
        cursor = tx.db.query_cursor(tuple_row)
        sql = "SELECT $1::text || $1::text"
        await cursor.executemany(sql, ((text,) for _ in range(20)), returning=True)
        rows = [await result.fetchone() async for result in cursor.results()]
    assert rows == [(text + text,)] * 20


async def test_statements_above_the_bound_are_not_prepared(
    numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_pipeline, "PREPARED_MAX", 2)
    statements: list[LiteralString] = ["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4"]
    for _ in range(2):
        async with numbers.write() as tx:
            assert [await value(tx.db, sql) for sql in statements] == [1, 2, 3, 4]
    async with numbers.write() as tx:
        prepared = (
            "SELECT count(*)::int FROM pg_prepared_statements WHERE statement LIKE 'SELECT _'"
        )
        assert await value(tx.db, prepared) == 2


async def test_values_are_the_same_in_both_formats(numbers: Numbers) -> None:
    sql: LiteralString = "SELECT now(), 1::numeric, $1::int8, 'x'::text, NULL, ARRAY[1, 2]"
    async with numbers.write() as tx:
        rows = []
        for binary in (False, True):
            cursor = tx.db.query_cursor(tuple_row)
            await cursor.execute(sql, (5,), prepare=True, binary=binary)
            rows += await cursor.fetchall()
            assert cursor.rowcount == 1
    assert rows[0] == rows[1]
