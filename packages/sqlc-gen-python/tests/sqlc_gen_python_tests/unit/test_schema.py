from pathlib import Path

import pytest

from sqlc_gen_python._sql.files import read_schema, sql_files
from sqlc_gen_python._sql.schema import Composite, Domain, Range, TypeName, definitions


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "CREATE DOMAIN email AS text CHECK (VALUE ~ ';');",
            Domain(TypeName("", "email"), TypeName("", "text")),
        ),
        (
            'create domain app."Amount" numeric(10, 2) NOT NULL DEFAULT 0',
            Domain(TypeName("app", "Amount"), TypeName("", "numeric")),
        ),
        (
            "CREATE DOMAIN moment AS timestamp (3) with time zone[]",
            Domain(TypeName("", "moment"), TypeName("", "timestamp with time zone", 1)),
        ),
        (
            'CREATE TYPE pair AS (a app.mood[], "b c" character varying(5) COLLATE "C")',
            Composite(
                TypeName("", "pair"),
                (
                    ("a", TypeName("app", "mood", 1)),
                    ("b c", TypeName("", "character varying")),
                ),
            ),
        ),
        (
            "CREATE TYPE span AS RANGE (SUBTYPE = float8, subtype_diff = float8mi)",
            Range(TypeName("", "span"), TypeName("", "float8")),
        ),
    ],
)
def test_definitions(sql: str, expected: object) -> None:
    assert list(definitions(sql)) == [expected]


def test_other_statements_define_no_types() -> None:
    sql = """
    CREATE TYPE mood AS ENUM ('a; CREATE DOMAIN x AS text;');
    -- CREATE DOMAIN y AS text;
    CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ CREATE DOMAIN z AS text; $$;
    DROP DOMAIN email;
    """
    assert list(definitions(sql)) == []


def test_files_folders_and_patterns_of_schema_paths(tmp_path: Path) -> None:
    for name in ("b.sql", "a.sql", "c.txt", ".hidden.sql", "a.down.sql"):
        (tmp_path / name).touch()
    both = [tmp_path / "a.sql", tmp_path / "b.sql"]
    assert sql_files([str(tmp_path)]) == both
    assert sql_files([str(tmp_path / "*.sql")]) == both
    assert sql_files([str(tmp_path.parent / f"{tmp_path.name}*")]) == both
    assert sql_files([str(tmp_path / "b.sql"), str(tmp_path / "gone.sql")]) == both[1:]


@pytest.mark.parametrize(
    "marker",
    [
        "-- migrate:down",
        "-- +goose Down",
        "-- +migrate Down",
        "---- create above / drop below ----",
    ],
)
def test_down_migrations_are_not_read(tmp_path: Path, marker: str) -> None:
    file = tmp_path / "1.sql"
    file.write_text(f"CREATE DOMAIN a AS text;\n{marker}\nCREATE DOMAIN a AS integer;\n")
    assert list(definitions(read_schema(file))) == [Domain(TypeName("", "a"), TypeName("", "text"))]
