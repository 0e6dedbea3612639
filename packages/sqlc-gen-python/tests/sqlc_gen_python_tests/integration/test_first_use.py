"""The first queries with types of the schema may come from several tasks, threads and packages."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest

from sqlc_gen_python_tests.integration.project import Project

AT_ONCE = 8
ROUNDS = 5

pytestmark = pytest.mark.anyio


@pytest.fixture
def resident(catalogue: Project) -> Iterator[int]:
    """The id of a committed row with an enum and a composite type that holds one."""
    with psycopg.connect(catalogue.url, autocommit=True) as conn:
        conn.execute("INSERT INTO residents VALUES (7, ROW('Ann', NULL, 'so-so'), 'sad')")
        yield 7
        conn.execute("DELETE FROM residents WHERE id = 7")


@pytest.mark.parametrize("autocommit", [False, True])
async def test_tasks(catalogue: Project, resident: int, autocommit: bool) -> None:
    samples, models = catalogue.module("samples"), catalogue.module("models")
    for _ in range(ROUNDS):
        async with await psycopg.AsyncConnection.connect(
            catalogue.url, autocommit=autocommit
        ) as conn:
            db = samples.AsyncQuerier(conn)
            asked = [db.get_resident(id=resident) for _ in range(AT_ONCE)]
            rows = await asyncio.gather(*asked, db.samples_by_mood(moods=[models.Mood.SAD]))
        assert {row.mood for row in rows[:-1]} == {models.Mood.SAD}
        assert {type(row.who.feels) for row in rows[:-1]} == {models.Mood}


async def test_tasks_beside_a_transaction(catalogue: Project, resident: int) -> None:
    """A task that begins a transaction while another one registers the types is not in its way."""
    samples = catalogue.module("samples")
    async with await psycopg.AsyncConnection.connect(catalogue.url, autocommit=True) as conn:

        async def transaction() -> None:
            async with conn.transaction():
                await conn.execute("SELECT 1")

        await asyncio.gather(samples.AsyncQuerier(conn).get_resident(id=resident), transaction())


def test_threads(catalogue: Project, resident: int) -> None:
    samples, models = catalogue.module("samples"), catalogue.module("models")
    barrier = Barrier(AT_ONCE)

    def ask(conn: "psycopg.Connection[Any]") -> Any:
        barrier.wait()
        return samples.Querier(conn).get_resident(id=resident)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(ROUNDS):
            with psycopg.connect(catalogue.url) as conn:
                rows = list(pool.map(ask, [conn] * AT_ONCE))
            assert {(row.mood, type(row.who.feels)) for row in rows} == {
                (models.Mood.SAD, models.Mood)
            }


async def test_in_a_pipeline(catalogue: Project, resident: int) -> None:
    samples, models = catalogue.module("samples"), catalogue.module("models")
    async with (
        await psycopg.AsyncConnection.connect(catalogue.url) as conn,
        conn.pipeline(),
    ):
        row = await samples.AsyncQuerier(conn).get_resident(id=resident)
    assert row.mood is models.Mood.SAD


def test_packages_that_share_a_connection(
    generate: Callable[..., Project], catalogue: Project, resident: int
) -> None:
    other = generate("catalogue", emit_pydantic_models=True)
    with psycopg.connect(catalogue.url) as conn:
        for package in (catalogue, other, catalogue, other, other):
            row = package.module("samples").Querier(conn).get_resident(id=resident)
            models = package.module("models")
            assert (type(row.mood), type(row.who)) == (models.Mood, models.Resident2)
            assert type(row.who.feels) is models.Mood


def test_a_connection_leaves_nothing_behind(catalogue: Project, resident: int) -> None:
    """psycopg keeps what it makes for each type description that it is given."""
    for _ in range(3):
        with psycopg.connect(catalogue.url) as conn:
            catalogue.module("samples").Querier(conn).get_resident(id=resident)
    composites = catalogue.module("_support")._composite.cache_info()
    assert composites.hits >= composites.misses


def test_a_label_that_the_class_lacks_is_named(catalogue: Project, resident: int) -> None:
    with psycopg.connect(catalogue.url) as conn:
        conn.execute("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'")
        with pytest.raises(psycopg.DataError, match="Mood: 'blue'"):
            catalogue.module("samples").Querier(conn).get_resident(id=resident)
        conn.rollback()


def test_a_type_that_the_database_lacks_is_named(catalogue: Project) -> None:
    with psycopg.connect(catalogue.url) as conn:
        conn.execute("ALTER TYPE mood RENAME TO temper")
        with pytest.raises(psycopg.errors.UndefinedObject, match='no type "mood"'):
            catalogue.module("samples").Querier(conn).get_resident(id=1)
        conn.rollback()
