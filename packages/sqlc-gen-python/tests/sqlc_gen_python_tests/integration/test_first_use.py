"""Registration of the schema's types by concurrent tasks, threads and packages."""

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
    """The id of a committed row with an enum and a composite type that contains one."""
    with psycopg.connect(catalogue.url, autocommit=True) as conn:
        conn.execute("INSERT INTO residents VALUES (7, ROW('Ann', NULL, 'so-so'), 'sad')")
        yield 7
        conn.execute("DELETE FROM residents WHERE id = 7")


@pytest.mark.parametrize("autocommit", [False, True])
async def test_concurrent_tasks_register_types(
    catalogue: Project, resident: int, autocommit: bool
) -> None:
    samples, models = catalogue.module("samples"), catalogue.module("models")
    for _ in range(ROUNDS):
        async with await psycopg.AsyncConnection.connect(
            catalogue.url, autocommit=autocommit
        ) as conn:
            db = samples.AsyncQuerier(conn)
            calls = [db.get_resident(id=resident) for _ in range(AT_ONCE)]
            rows = await asyncio.gather(*calls, db.samples_by_mood(moods=[models.Mood.SAD]))
        assert {row.mood for row in rows[:-1]} == {models.Mood.SAD}
        assert {type(row.who.feels) for row in rows[:-1]} == {models.Mood}


async def test_registration_does_not_disturb_a_concurrent_transaction(
    catalogue: Project, resident: int
) -> None:
    samples = catalogue.module("samples")
    async with await psycopg.AsyncConnection.connect(catalogue.url, autocommit=True) as conn:

        async def transaction() -> None:
            async with conn.transaction():
                await conn.execute("SELECT 1")

        await asyncio.gather(samples.AsyncQuerier(conn).get_resident(id=resident), transaction())


def test_concurrent_threads_register_types(catalogue: Project, resident: int) -> None:
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


async def test_types_are_registered_in_a_pipeline(catalogue: Project, resident: int) -> None:
    samples, models = catalogue.module("samples"), catalogue.module("models")
    async with (
        await psycopg.AsyncConnection.connect(catalogue.url) as conn,
        conn.pipeline(),
    ):
        row = await samples.AsyncQuerier(conn).get_resident(id=resident)
    assert row.mood is models.Mood.SAD


def test_packages_on_one_connection_use_their_own_classes(
    generate: Callable[..., Project], catalogue: Project, resident: int
) -> None:
    other = generate("catalogue", emit_pydantic_models=True)
    with psycopg.connect(catalogue.url) as conn:
        for package in (catalogue, other, catalogue, other, other):
            row = package.module("samples").Querier(conn).get_resident(id=resident)
            models = package.module("models")
            assert (type(row.mood), type(row.who)) == (models.Mood, models.Resident2)
            assert type(row.who.feels) is models.Mood


def test_registration_is_cached_across_connections(catalogue: Project, resident: int) -> None:
    """psycopg caches an adapter for each type info, so new infos would leak memory."""
    infos = catalogue.module("_support")._composite
    misses = []
    for _ in range(3):
        with psycopg.connect(catalogue.url) as conn:
            catalogue.module("samples").Querier(conn).get_resident(id=resident)
        misses.append(infos.cache_info().misses)
    assert misses == [misses[0]] * 3
    assert misses[0] > 0


def test_unknown_enum_label_is_named_in_the_error(catalogue: Project, resident: int) -> None:
    with psycopg.connect(catalogue.url) as conn:
        conn.execute("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'")
        with pytest.raises(psycopg.DataError, match="Mood: 'blue'"):
            catalogue.module("samples").Querier(conn).get_resident(id=resident)
        conn.rollback()


def test_missing_type_is_named_in_the_error(catalogue: Project) -> None:
    with psycopg.connect(catalogue.url) as conn:
        conn.execute("ALTER TYPE mood RENAME TO temper")
        with pytest.raises(psycopg.errors.UndefinedObject, match='no type "mood"'):
            catalogue.module("samples").Querier(conn).get_resident(id=1)
        conn.rollback()
