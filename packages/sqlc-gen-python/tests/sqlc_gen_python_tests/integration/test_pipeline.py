"""Methods inside a pipeline wait only for results that they return."""

import asyncio
from typing import Any

import psycopg
import pytest

from sqlc_gen_python_tests.integration.project import Project

SECONDS_MAX = 10
pytestmark = pytest.mark.anyio


@pytest.fixture
async def conn(catalogue: Project) -> Any:
    async with await psycopg.AsyncConnection.connect(catalogue.url, autocommit=True) as conn:
        yield conn
        await conn.rollback()
        await conn.execute("TRUNCATE people CASCADE")


async def test_statements_without_result_only_queue(conn: Any, catalogue: Project) -> None:
    """The methods return while a lock of another transaction blocks the statements."""
    commands, models = catalogue.module("commands"), catalogue.module("models")
    db = commands.AsyncQuerier(conn)
    async with (
        asyncio.timeout(SECONDS_MAX),
        await psycopg.AsyncConnection.connect(catalogue.url) as other,
    ):
        await other.execute("LOCK TABLE people")
        async with conn.pipeline():
            await conn.execute("BEGIN")
            await db.add_person(id=1, name="Ann", nick=None)
            await db.add_pets([commands.AddPetsParams(1, 1, "Rex")])
            await conn.execute("COMMIT")
            await other.rollback()

    assert await db.list_people() == [models.Person(1, "Ann", None)]


async def test_methods_with_a_result_wait_for_it(conn: Any, catalogue: Project) -> None:
    commands, models = catalogue.module("commands"), catalogue.module("models")
    db = commands.AsyncQuerier(conn)
    ann = models.Person(1, "Ann", None)
    async with conn.pipeline(), conn.transaction():
        await db.add_person(id=1, name="Ann", nick=None)
        assert await db.get_person(id=1) == ann
        assert await db.list_people() == [ann]
        assert await db.rename_person(id=1, name="Ann", nick=None) == 1
        assert await db.find_people([1, 2]) == [ann, None]


class _OwnCursors(psycopg.AsyncConnection[Any]):
    """A connection class that makes the cursors of queries."""

    made = 0
    waits = 0

    def query_cursor(self, row_factory: Any) -> psycopg.AsyncRawCursor[Any]:
        self.made += 1
        return psycopg.AsyncRawCursor(self, row_factory=row_factory)

    async def query_results(self) -> None:
        self.waits += 1


async def test_a_connection_class_can_make_the_cursors(conn: Any, catalogue: Project) -> None:
    commands = catalogue.module("commands")
    async with await _OwnCursors.connect(catalogue.url, autocommit=True) as own:
        db = commands.AsyncQuerier(own)
        await db.add_person(id=1, name="Ann", nick=None)
        await db.add_pets([commands.AddPetsParams(1, 1, "Rex")])
        assert len(await db.list_people()) == 1
        assert own.made == 3
        assert (await db.rename_person(id=1, name="Eve", nick=None), own.waits) == (1, 0)
        async with own.pipeline():
            assert (await db.rename_person(id=1, name="Ida", nick=None), own.waits) == (1, 1)
        assert await commands.AsyncQuerier(conn).get_name(id=1) == "Ida"


def test_sync_pipeline(catalogue: Project) -> None:
    db_of = catalogue.module("commands").Querier
    with psycopg.connect(catalogue.url) as conn, conn.pipeline():
        db = db_of(conn)
        db.add_person(id=1, name="Ann", nick=None)
        assert db.rename_person(id=1, name="Eve", nick=None) == 1
        assert db.get_name(id=1) == "Eve"
        conn.rollback()


async def test_types_are_registered_inside_a_pipeline(conn: Any, catalogue: Project) -> None:
    models = catalogue.module("models")
    db = catalogue.module("samples").AsyncQuerier(conn)
    async with conn.pipeline(), conn.transaction(force_rollback=True):
        await db.add_other(id=1, a_mood=models.OtherMood.LOW, str="")
        assert (await db.get_other(id=1)).a_mood is models.OtherMood.LOW
