"""What the options change in the output."""

from typing import Any

import pytest

from sqlc_gen_python.generate import generate
from sqlc_gen_python.request import parse_request
from sqlc_gen_python_tests.unit.sqlc_request import OPTIONS, column, query, request

BOOKS = {"rel": {"name": "books"}, "columns": [column("a"), column("b")]}
TASKS = {"rel": {"name": "tasks"}, "columns": [column("a", "int4")]}


def files(*queries: dict[str, Any], **options: Any) -> dict[str, str]:
    data = request(*queries, options={**OPTIONS, **options}, tables=(BOOKS, TASKS))
    warnings: list[str] = []
    generated = generate(parse_request(data), warnings.append)
    assert warnings == []
    return generated


def params(number: int) -> list[dict[str, Any]]:
    return [{"number": n, "column": column(f"p{n}")} for n in range(1, number + 1)]


def test_the_same_request_gives_the_same_files() -> None:
    assert files(query()) == files(query())


@pytest.mark.parametrize(
    ("options", "classes"),
    [
        ({}, ["Book", "Task"]),
        ({"emit_exact_table_names": True}, ["Books", "Tasks"]),
        ({"inflection_exclude_table_names": ["books"]}, ["Books", "Task"]),
    ],
)
def test_table_names(options: dict[str, Any], classes: list[str]) -> None:
    models = files(query(), **options)["models.py"]
    assert [line[6:-1] for line in models.splitlines() if line.startswith("class ")] == classes


def test_queriers() -> None:
    both = files(query(), emit_async_querier=True)["things.py"]
    only_async = files(query(), emit_sync_querier=False, emit_async_querier=True)["things.py"]
    none = files(query(cmd=":many"), emit_sync_querier=False)
    assert ("class Querier:" in both, "class AsyncQuerier:" in both) == (True, True)
    assert ("class Querier:" in only_async, "class AsyncQuerier:" in only_async) == (False, True)
    assert sorted(none) == ["models.py", "things.py"]
    assert "GET_THING: Final" in none["things.py"]


@pytest.mark.parametrize(
    ("limit", "number", "signature"),
    [
        (4, 4, "(self, *, p1: str, p2: str, p3: str, p4: str)"),
        (4, 5, "def get_thing(self, arg: GetThingParams)"),
        (0, 1, "def get_thing(self, arg: GetThingParams)"),
        (0, 0, "def get_thing(self)"),
    ],
)
def test_parameter_limit(limit: int, number: int, signature: str) -> None:
    text = files(query(params=params(number)), query_parameter_limit=limit)["things.py"]
    assert signature in text


def test_a_row_of_a_whole_table_is_its_model() -> None:
    table = {"name": "books"}
    columns = [column("a", table=table), column("b", table=table)]
    text = files(query(columns=columns))["things.py"]
    assert "-> models.Book | None" in text
    assert "class GetThingRow" not in text
    renamed = files(query(columns=[columns[0], {**columns[1], "name": "c"}]))["things.py"]
    assert "-> GetThingRow | None" in renamed
