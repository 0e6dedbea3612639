"""`stream()` yields rows while the query runs, and can be closed early."""

import gc
import weakref
from itertools import islice

import psycopg
import pytest

from sqlc_gen_python_tests.integration.project import Project

MORE_THAN_FITS = 1_000_000_000


def test_sync_stream_can_be_closed_early(catalogue: Project) -> None:
    with psycopg.connect(catalogue.url, autocommit=True) as conn:
        db = catalogue.module("commands").Querier(conn)
        rows = db.numbers(last=MORE_THAN_FITS).stream()
        assert list(islice(rows, 250)) == list(range(1, 251))
        rows.close()
        assert db.count_people() == 0


@pytest.mark.anyio
async def test_async_stream_can_be_closed_early(catalogue: Project) -> None:
    async with await psycopg.AsyncConnection.connect(catalogue.url, autocommit=True) as conn:
        db = catalogue.module("commands").AsyncQuerier(conn)
        rows = db.numbers(last=MORE_THAN_FITS).stream()
        assert [await anext(rows) for _ in range(250)] == list(range(1, 251))
        await rows.aclose()
        assert await db.count_people() == 0


@pytest.mark.anyio
async def test_rows_are_iterators_as_in_upstream(catalogue: Project) -> None:
    with psycopg.connect(catalogue.url) as conn:
        rows = catalogue.module("commands").Querier(conn).numbers(last=3)
        assert (next(rows), list(rows)) == (1, [2, 3])
        assert next(rows, None) is None
    async with await psycopg.AsyncConnection.connect(catalogue.url) as async_conn:
        async_rows = catalogue.module("commands").AsyncQuerier(async_conn).numbers(last=3)
        assert await anext(async_rows) == 1
        assert [row async for row in async_rows] == [2, 3]
        assert await anext(async_rows, None) is None


def test_closed_connection_is_garbage_collected(catalogue: Project) -> None:
    with psycopg.connect(catalogue.url) as conn:
        catalogue.module("samples").Querier(conn).get_sample(id=1)
        assert conn in catalogue.module("_types").schema_types._known
    alive = weakref.ref(conn)
    del conn
    gc.collect()
    assert alive() is None
