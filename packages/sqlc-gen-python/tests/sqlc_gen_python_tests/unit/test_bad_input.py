"""A mistake of the user ends the plugin with one line that names the place."""

import io
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sqlc_gen_python.__main__ import main
from sqlc_gen_python_tests.unit.sqlc_request import OPTIONS, column, query, request

SECONDS_MAX = 30
Run = Callable[[bytes], tuple[int, str, str]]
"""Takes standard input; returns the exit status, standard output and standard error."""
SLICE = {"number": 1, "column": column("ids", is_sqlc_slice=True)}
COPIED = {"number": 1, "column": column("a", original_name="a")}
CAST = {"number": 1, "column": column("x")}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the plugin in this process, as the console script does."""

    def run_plugin(data: bytes) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        status = main(["/plugin.CodegenService/Generate"])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_plugin


def test_console_script_reports_a_mistake_in_one_line() -> None:
    command = f"{sysconfig.get_path('scripts')}/sqlc-gen-python"
    done = subprocess.run(
        [command], input=b"{}", capture_output=True, timeout=SECONDS_MAX, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"sqlc-gen-python: standard input is not a sqlc request")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "standard input is not a sqlc request in JSON"),
        (b"{}", "standard input is not a sqlc request in JSON: settings: Field required"),
        (b"\xff\x00", "standard input is not a sqlc request in JSON"),
        (request(engine="mysql"), "engine mysql: only postgresql is supported"),
    ],
)
def test_input_that_is_no_request(run: Run, data: bytes, message: str) -> None:
    assert_error(run, data, message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "option package: Field required"),
        ({"package": "a-b"}, "option package: 'a-b' is not the name of a Python"),
        ({**OPTIONS, "emit_sync": True}, "option emit_sync: unknown; the options are"),
        ({**OPTIONS, "emit_str_enum": "yes"}, "option emit_str_enum: Input should be a valid"),
        ({**OPTIONS, "query_parameter_limit": -1}, "option query_parameter_limit: Input should"),
        (
            {**OPTIONS, "inflection_exclude_table_names": "x"},
            "option inflection_exclude_table_names: Input should be a valid array",
        ),
        (["package"], "options: Input should be an object"),
        (
            {**OPTIONS, "support_module": "support"},
            "option support_module: 'support' is not the name of a module in a",
        ),
        (
            {**OPTIONS, "support_module": "other.support", "support_module_only": True},
            "options: support_module_only: the package shop.db does not contain the support module",
        ),
        (
            {"package": "shop.db", "support_module_only": True},
            "options: support_module_only: needs emit_sync_querier or emit_async_querier",
        ),
    ],
)
def test_bad_options(run: Run, options: Any, message: str) -> None:
    assert_error(run, request(options=options), message)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (query(cmd=":execlastid"), ":execlastid is unknown; the commands are :one, :many"),
        (query(columns=[]), ":one needs a query that returns columns"),
        (query(cmd=":batchexec"), ":batchexec needs a query with parameters"),
        (query(cmd=":copyfrom"), ":copyfrom needs a query with parameters"),
        (
            query(columns=[column("max", "anyarray")]),
            "column max: sqlc cannot tell its type (anyarray); add a cast",
        ),
        (
            query(params=[{"number": 1, "column": column("", "any")}]),
            "parameter $1 (dollar_1): sqlc cannot tell its type (any); add a cast",
        ),
        (
            query(params=[{"number": 2, "column": column("x")}]),
            "the numbers of the parameters must start at $1 and have no gap",
        ),
        (query(text="MERGE INTO a USING b ON a.id = $1"), "sqlc finds no parameters in this"),
        (query(text="MERGE INTO a USING b ON a.id = @id"), "sqlc finds no parameters in this"),
        (
            query(text="MERGE INTO a USING b ON a.id = sqlc.narg(id)"),
            "sqlc finds no parameters in this kind of statement: sqlc.narg(",
        ),
        (
            query(text="SELECT 1 WHERE a IN (0, $1)", params=[SLICE]),
            "sqlc.slice must be the only item in the brackets of IN",
        ),
        (
            query(cmd=":copyfrom", text="INSERT INTO t (a, b) VALUES ($1, $1)", params=[COPIED]),
            ":copyfrom needs a parameter for each column",
        ),
        (
            query(cmd=":copyfrom", text="INSERT INTO t (a) VALUES ($1::text)", params=[CAST]),
            ":copyfrom needs x without a cast",
        ),
    ],
)
def test_bad_queries(run: Run, bad: dict[str, Any], message: str) -> None:
    assert_error(run, request(query("Fine"), bad), f"things.sql: query GetThing: {message}")


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        (
            [query("GetThing"), query("get_thing")],
            "things.sql: queries GetThing and get_thing would both be the method get_thing",
        ),
        (
            [query("A"), query("A")],
            "things.sql: query A is defined twice",
        ),
        (
            [query("A", filename="a-b.sql"), query("B", filename="a_b.sql")],
            "a_b.sql: a_b.py is already the module of a-b.sql",
        ),
        (
            [query("GetThing", filename="a.sql"), query("get_thing", filename="b.sql")],
            "b.sql: queries GetThing of a.sql and get_thing would both be the method get_thing",
        ),
        (
            [query(filename="querier.sql")],
            "querier.sql: querier.py is already the module of the queriers",
        ),
        (
            [query(filename="_support.sql")],
            "_support.sql: _support.py is already the module of the support code",
        ),
        (
            [query(filename="models.sql")],
            "models.sql: models.py is already the module of the models",
        ),
    ],
)
def test_names_that_would_be_defined_twice(
    run: Run, queries: list[dict[str, Any]], message: str
) -> None:
    assert_error(run, request(*queries), message)


def test_column_without_python_type_is_a_warning(run: Run) -> None:
    place = column("place", "point")
    tables = ({"rel": {"name": "spots"}, "columns": [place]},)
    status, out, err = run(request(query(), tables=tables))

    assert err == (
        "sqlc-gen-python: warning: table spots, column place: PostgreSQL's point has no Python"
        " type, so it is Any\n"
    )
    assert (status, bool(out)) == (0, True)


def assert_error(run: Run, data: bytes, message: str) -> None:
    status, out, err = run(data)
    assert (status, out) == (1, "")
    assert err.startswith(f"sqlc-gen-python: {message}")
    assert err.count("\n") == 1


def test_schema_file_that_is_not_in_utf_8(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "schema.sql"
    file.write_bytes(b"-- caf\xe9")
    assert_error(
        run,
        request(query(), schema=(str(file),)),
        f"{file}: this file is not in UTF-8",
    )
