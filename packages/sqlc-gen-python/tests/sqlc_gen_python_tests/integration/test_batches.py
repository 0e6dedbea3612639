"""The batch forms of queries that are marked with `@batch` do what the queries do."""

import datetime as dt
import math
import uuid
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import errors

from sqlc_gen_python_tests.integration.project import Project

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
ZONES = st.timezones() | st.just(dt.UTC)
INSTANTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001 - the bounds have no zone
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [Decimal("1e-200"), Decimal(10**300), Decimal("NaN")]
)
OPTIONAL_INSTANTS = st.none() | INSTANTS
FLOATS = {"a_real": st.floats(width=32), "a_double": st.floats()}


@pytest.fixture(scope="session")
def project(generate: Callable[..., Project]) -> Project:
    return generate("batches")


def values(models: Any) -> st.SearchStrategy[dict[str, Any]]:
    moods = st.sampled_from(list(models.Mood))
    return st.fixed_dictionaries(
        {
            "a_bool": st.booleans(),
            "a_smallint": st.integers(-(2**15), 2**15 - 1),
            "an_int": st.integers(-(2**31), 2**31 - 1),
            "a_bigint": st.integers(-(2**63), 2**63 - 1),
            "a_numeric": DECIMALS,
            "a_price": st.decimals(-(10**9), 10**9, places=3),
            "a_text": TEXT,
            "a_varchar": TEXT.map(lambda text: text[:5]),
            "bytes": st.binary(max_size=300),
            "a_date": st.dates(),
            "an_instant": INSTANTS,
            "a_mood": moods,
            "no_int": st.none() | st.integers(-(2**31), 2**31 - 1),
            "no_text": st.none() | TEXT,
            "no_bytes": st.none() | st.binary(),
            "no_date": OPTIONAL_INSTANTS,
            "no_mood": st.none() | moods,
            "no_uuid": st.none() | st.uuids(),
            **FLOATS,
        }
    )


def sample(models: Any) -> dict[str, Any]:
    return {
        "a_bool": False, "a_smallint": 1, "an_int": 2, "a_bigint": 3, "a_real": 0.5, "a_double": 0.1,
        "a_numeric": Decimal("1.50"), "a_price": Decimal("0.01"), "a_text": "ä", "a_varchar": "", "bytes": b"\0",
        "a_date": dt.date(2026, 2, 28), "an_instant": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "a_mood": models.Mood.SAD,
        "no_int": None, "no_text": None, "no_bytes": None, "no_date": None, "no_mood": None,
        "no_uuid": None,
    }  # fmt: skip


def comparable(row: Any) -> dict[str, Any]:
    """Returns a row's values without its keys; NaN equals NaN."""
    found = {name: value for name, value in asdict(row).items() if name not in {"id", "place"}}
    return {
        name: "NaN" if isinstance(value, (float, Decimal)) and math.isnan(value) else value
        for name, value in found.items()
    }


def test_batch_of_an_insert_stores_what_single_inserts_store(project: Project) -> None:
    models, batches = project.module("models"), project.module("batches")

    @given(st.lists(values(models), max_size=4))
    @settings(max_examples=60, deadline=None)
    def check(rows: list[dict[str, Any]]) -> None:
        with psycopg.connect(project.url) as conn:
            db = batches.Querier(conn)
            args = [batches.AddSampleParams(id=uuid.uuid4(), **row) for row in rows]
            for arg in args:
                db.add_sample(arg)
            singles = [comparable(row) for row in db.list_samples()]
            conn.rollback()
            db.add_sample_batch(args)
            assert [row.id for row in db.list_samples()] == [arg.id for arg in args]
            assert [comparable(row) for row in db.list_samples()] == singles
            conn.rollback()

    check()


def test_batch_of_a_lookup_returns_the_row_of_each_key(project: Project) -> None:
    with psycopg.connect(project.url) as conn:
        db = project.module("batches").Querier(conn)
        names = ["b", "", "a,'\"{}\\", "NULL", "ä"]
        db.add_name_batch(names)
        keys = ["ä", "missing", "b", "b", "NULL", "a,'\"{}\\", ""]
        assert db.has_name_batch(keys) == [db.has_name(name=key) for key in keys]
        assert db.get_length_batch(keys) == [db.get_length(name=key) for key in keys]
        lengths = [db.get_by_length(length=length) for length in (8, 7, 99)]
        assert db.get_by_length_batch([8, 7, 99]) == lengths
        assert db.get_length_batch([]) == []
        conn.rollback()


def test_batch_with_returning_returns_its_cursor(project: Project) -> None:
    with psycopg.connect(project.url) as conn:
        db = project.module("batches").Querier(conn)
        cursor = db.add_returned_batch(["ab", "", "c"])
        assert cursor.fetchall() == [(2, "ab"), (0, ""), (1, "c")]
        assert db.add_returned(name="d").fetchall() == [(1, "d")]
        assert db.add_returned_batch([]) is None
        conn.rollback()


@pytest.mark.anyio
async def test_batches_run_on_async_connections_too(project: Project) -> None:
    models, batches = project.module("models"), project.module("batches")
    async with await psycopg.AsyncConnection.connect(project.url) as conn:
        db = project.module("querier").AsyncQuerier(conn)
        args = [batches.AddSampleParams(id=uuid.uuid4(), **sample(models)) for _ in range(2)]
        async with conn.pipeline():
            await db.add_sample_batch(args)
            await db.add_sample_batch([])
        first, missing, second = await db.get_sample_batch([args[0].id, uuid.uuid4(), args[1].id])
        assert (first.id, missing, second.id) == (args[0].id, None, args[1].id)
        assert first == await db.get_sample(id=args[0].id)
        await conn.rollback()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"a_text": "a\0b"}, psycopg.DataError),
        ({"a_text": "\ud800"}, (psycopg.DataError, UnicodeEncodeError)),
        ({"a_bigint": 2**63}, errors.NumericValueOutOfRange),
        ({"a_smallint": 2**15}, errors.NumericValueOutOfRange),
        ({"a_varchar": "123456"}, errors.StringDataRightTruncation),
        ({"a_price": Decimal(10**10)}, errors.NumericValueOutOfRange),
    ],
)
def test_value_that_a_column_rejects_fails_the_batch_as_it_fails_the_insert(
    project: Project, change: dict[str, Any], error: type[Exception]
) -> None:
    models, batches = project.module("models"), project.module("batches")
    row = {**sample(models), **change}
    with psycopg.connect(project.url) as conn:
        db, arg = batches.Querier(conn), batches.AddSampleParams(id=uuid.uuid4(), **row)
        with pytest.raises(error):
            db.add_sample(arg)
        conn.rollback()
        with pytest.raises(error):
            db.add_sample_batch([arg])
        conn.rollback()


def test_methods_name_their_batches(project: Project) -> None:
    batches = project.module("batches")
    assert batches.AsyncQuerier.add_sample.batch is batches.ADD_SAMPLE_BATCH
    assert not hasattr(batches.AsyncQuerier.list_samples, "batch")


def test_verify_compares_the_batches_with_the_database(project: Project) -> None:
    done = project.verify()
    assert (done.returncode, done.stderr) == (0, "")
    with psycopg.connect(project.url, autocommit=True) as conn:
        conn.execute("ALTER TABLE app.names ALTER length TYPE bigint")
        try:
            done = project.verify()
        finally:
            conn.execute("ALTER TABLE app.names ALTER length TYPE integer")
    assert done.returncode == 1
    assert (
        "query GetByLength: its batch takes integer[], which is no array of bigint" in done.stderr
    )
