"""Rows in binary format have the same values as rows in text format."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from sqlc_gen_python._model.types import BUILT_IN, SAME_IN_BINARY
from sqlc_gen_python_tests.integration.awaited import AwaitedQuerier
from sqlc_gen_python_tests.integration.project import Project

SAMPLES = {
    "bool": ["t", "f"],
    "int": ["0", "1", "32767"],
    "float": ["0.1", "-1e308", "5e-324", "Infinity", "-0"],
    "decimal.Decimal": ["0", "-1.50", "1e-20", "12345678901234567890.000001", "1e130", "NaN"],
    "str": ["", "100% of 'it' \\ € 🎉"],
    "bytes": ["", "\\x00ff25", "abc"],
    "datetime.date": ["0001-01-01", "2024-02-29", "9999-12-31"],
    "datetime.time": ["00:00", "23:59:59.999999"],
    "datetime.datetime": ["0001-01-02 00:00", "2026-03-29 02:30:00.000001", "9999-12-30 23:59"],
    "datetime.timedelta": ["0", "1 mon", "-1 year 2 mons 3 days -04:05:06.7", "10000 days"],
    "uuid.UUID": ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    "Any": ["null", '{"a": [1, 1.5, "€"]}'],
}
ROWS = """
    INSERT INTO things VALUES (1, 1.5, 7, 0.1, '{1}', 'sad'), (2, 2, 8, 0.2, '{}', 'happy')
    ON CONFLICT DO NOTHING;
    INSERT INTO others VALUES (1, 0.25, 0.1) ON CONFLICT DO NOTHING
    """
GUESSED = [
    *("prices", "price", "amounts", "heaviest", "mixed", "coalesced", "from_view"),
    *("half", "integers"),
]


@pytest.mark.parametrize("name", SAME_IN_BINARY)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "+05:30"])
def test_binary_format_has_the_value_of_the_text_format(
    server_url: str, name: str, zone: str
) -> None:
    query = f"SELECT value::{name} FROM unnest(%s::text[]) AS value"
    samples = SAMPLES[BUILT_IN[name].annotation]

    with psycopg.connect(server_url) as conn:
        conn.execute("SELECT set_config('timezone', %s, false)", (zone,))
        text, binary = (
            conn.cursor(binary=is_binary).execute(query, (samples,)).fetchall()
            for is_binary in (False, True)
        )

    assert repr(binary) == repr(text)
    assert len(text) == len(samples)


def test_domain_is_returned_as_its_base_type(server_url: str) -> None:
    with psycopg.connect(server_url) as conn:
        conn.execute("CREATE DOMAIN pg_temp.email AS text")
        row = conn.cursor(binary=True).execute("SELECT 'a@b'::pg_temp.email").fetchone()

    assert row == ("a@b",)


@pytest.fixture
def guesses(generate: Callable[..., Project]) -> Project:
    """Queries whose types sqlc infers wrongly, with rows for them."""
    project = generate("guesses")
    with psycopg.connect(project.url) as conn:
        conn.execute(ROWS)
    return project


@pytest.fixture(params=["sync", "async"])
async def things(request: pytest.FixtureRequest, guesses: Project, anyio_backend: str) -> Any:
    """A connection, and the querier on it."""
    if request.param == "sync":
        with psycopg.connect(guesses.url) as conn:
            yield conn, AwaitedQuerier(guesses.module("query").Querier(conn))
    else:
        async with await psycopg.AsyncConnection.connect(guesses.url) as async_conn:
            yield async_conn, guesses.module("query").AsyncQuerier(async_conn)


@pytest.mark.anyio
@pytest.mark.parametrize("name", GUESSED)
async def test_expression_has_the_value_of_the_text_format(
    things: Any, guesses: Project, name: str
) -> None:
    _, db = things
    text = getattr(guesses.module("query"), name.upper())
    with psycopg.connect(guesses.url) as other:
        expected = psycopg.RawCursor(other).execute(text).fetchall()

    for _ in range(3):
        got = await getattr(db, name)()
        rows = got if isinstance(got, list) else [got]
        assert repr([_values(row) for row in rows]) == repr(expected)


@pytest.mark.anyio
async def test_second_run_returns_binary_rows(things: Any, guesses: Project) -> None:
    conn, db = things
    formats = guesses.module("_support")._formats
    query = guesses.module("query")

    await db.integers()
    await db.prices()
    assert formats[conn] == {query.INTEGERS: True, query.PRICES: False}


@pytest.mark.anyio
async def test_stream_learns_its_format_from_its_first_row(things: Any, guesses: Project) -> None:
    conn, db = things
    first, second = [[row async for row in db.integers().stream()] for _ in range(2)]
    assert first == second
    assert guesses.module("_support")._formats[conn] == {guesses.module("query").INTEGERS: True}


def test_verify_reports_every_wrong_type(guesses: Project) -> None:
    result = guesses.verify()
    assert result.returncode == 1
    wrong = {line.split("query ")[1].split(":")[0] for line in result.stderr.splitlines()}
    assert wrong == {
        *("Prices", "Price", "Amounts", "Heaviest", "Mixed", "Coalesced", "FromView", "Half"),
    }


def _values(row: Any) -> tuple[Any, ...]:
    fields = getattr(row, "__slots__", None)
    return tuple(getattr(row, name) for name in fields) if fields else (row,)
