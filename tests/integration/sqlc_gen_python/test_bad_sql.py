"""What sqlc or the plugin refuses is said with file and query, without a traceback."""

from pathlib import Path

import pytest

from tests.integration.sqlc_gen_python.project import Project

SCHEMA = "CREATE TABLE things (id integer PRIMARY KEY, name text NOT NULL);"
FINE = "-- name: GetThing :one\nSELECT id, name FROM things WHERE id = $1;\n"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.sql": ""}, "no queries contained in paths"),
        ({"a.sql": FINE, "b.sql": ""}, "b.sql: there is no query in this file"),
        ({"a.sql": FINE, "b.sql": FINE}, "duplicate query name: GetThing"),
        (
            {"a.sql": FINE + FINE.replace("GetThing", "get_thing")},
            "a.sql: queries GetThing and get_thing would both be the method get_thing",
        ),
        (
            {"a.sql": "-- name: Last :one\nSELECT max(id) FROM things;"},
            "a.sql: query Last: column max: sqlc cannot tell its type",
        ),
        ({"a.sql": "-- name: GetThing :maybe\nSELECT 1;"}, "invalid query type: :maybe"),
        ({"a.sql": FINE.replace("name FROM", "nam FROM")}, 'column "nam" does not exist'),
    ],
)
def test_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name, text in {"schema.sql": SCHEMA, **files}.items():
        (source / name).write_text(text)
    result = Project(source, tmp_path / "out", {}).sqlc("generate")
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_unknown_option(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "schema.sql").write_text(SCHEMA)
    (source / "a.sql").write_text(FINE)
    result = Project(source, tmp_path / "out", {"emit_sqlalchemy": True}).sqlc("generate")
    assert result.returncode == 1
    assert "option emit_sqlalchemy: unknown; the options are" in result.stderr
