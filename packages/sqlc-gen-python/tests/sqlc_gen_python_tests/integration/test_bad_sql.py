"""Errors of sqlc and the plugin name file and query and have no traceback."""

from pathlib import Path

import pytest

from sqlc_gen_python_tests.integration.project import Project

SCHEMA = """
CREATE SCHEMA app;
CREATE TABLE things (id integer PRIMARY KEY, name text NOT NULL, j jsonb NOT NULL);
CREATE TABLE app.things (id integer PRIMARY KEY);
CREATE FUNCTION pair() RETURNS TABLE (a integer, b text) LANGUAGE sql AS $$SELECT 1, 'a'$$;
"""
FINE = "-- name: GetThing :one\nSELECT id, name FROM things WHERE id = $1;\n"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.sql": ""}, "no queries contained in paths"),
        ({"a.sql": FINE, "b.sql": ""}, "b.sql: this file contains no query"),
        ({"a.sql": FINE, "b.sql": FINE}, "duplicate query name: GetThing"),
        (
            {"a.sql": FINE + FINE.replace("GetThing", "get_thing")},
            "a.sql: queries GetThing and get_thing would both be the method get_thing",
        ),
        (
            {"a.sql": "-- name: Last :one\nSELECT max(id) FROM things;"},
            "a.sql: query Last: column max: sqlc cannot tell its type",
        ),
        (
            {"a.sql": "-- name: Find :many\nSELECT id FROM things WHERE j->>'k' = @k;"},
            "a.sql: query Find: parameter $1 (k): sqlc guesses the type of the column j;",
        ),
        (
            {"a.sql": "-- name: Find :many\nSELECT sqlc.embed(things) FROM app.things;"},
            "a.sql: query Find: sqlc takes sqlc.embed(things) for the table of the default schema",
        ),
        (
            {"a.sql": "-- name: Pair :one\nSELECT * FROM pair();"},
            "a.sql: query Pair: column pair: without a database (`database:` in sqlc.yaml) sqlc doesn't see",
        ),
        (
            {"a.sql": "-- name: Pair :one\nSELECT * FROM (VALUES (1, 'a')) AS v (k, s);"},
            "a.sql: query Pair: :one needs a query that returns columns, and sqlc finds none;",
        ),
        ({"a.sql": "-- name: GetThing :maybe\nSELECT 1;"}, "invalid query type: :maybe"),
        ({"a.sql": FINE.replace("name FROM", "nam FROM")}, 'column "nam" does not exist'),
    ],
)
def test_error_names_file_and_query(tmp_path: Path, files: dict[str, str], message: str) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name, text in {"schema.sql": SCHEMA, **files}.items():
        (source / name).write_text(text)
    result = Project(source, tmp_path / "out", {}).sqlc("generate")
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_unknown_option_is_an_error(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "schema.sql").write_text(SCHEMA)
    (source / "a.sql").write_text(FINE)
    result = Project(source, tmp_path / "out", {"emit_sqlalchemy": True}).sqlc("generate")
    assert result.returncode == 1
    assert "option emit_sqlalchemy: unknown; the options are" in result.stderr


def test_run_outside_the_folder_of_the_configuration_is_an_error(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "schema.sql").write_text(SCHEMA)
    (source / "a.sql").write_text(FINE)
    project = Project(source, tmp_path / "out", {})
    project.generate()

    result = project.sqlc_from_elsewhere("generate")
    assert result.returncode == 1
    assert "run sqlc in the folder of its configuration file" in result.stderr

    # The parent folder is another project with files of the same names.
    (tmp_path / "schema.sql").write_text("CREATE DOMAIN email AS integer;")
    (tmp_path / "a.sql").write_text(FINE.replace("GetThing", "Other"))
    result = project.sqlc_from_elsewhere("generate")
    assert result.returncode == 1
    assert "a.sql: sqlc reads another file than the plugin finds in" in result.stderr
