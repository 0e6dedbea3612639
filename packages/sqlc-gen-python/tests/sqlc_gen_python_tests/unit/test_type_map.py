import pytest

from sqlc_gen_python._model.type_map import TypeMap
from sqlc_gen_python._model.types import BUILT_IN, Registration
from sqlc_gen_python._sql.schema import Renamed, definitions
from sqlc_gen_python._sqlc.request import Column
from sqlc_gen_python_tests.unit.sqlc_request import column

SCHEMA = """
CREATE DOMAIN email AS text;
CREATE DOMAIN work_email AS email;
CREATE TYPE app."Pair" AS (a email, b mood);
CREATE TYPE amounts AS RANGE (subtype = numeric);
CREATE DOMAIN tags AS text[];
"""
CLASSES = {("public", "mood"): "Mood", ("app", "Pair"): "AppPair"}
DEFINITIONS = [found for found in definitions(SCHEMA) if not isinstance(found, Renamed)]
TYPES = TypeMap(DEFINITIONS, CLASSES, "public")
EMAIL = Registration("domain", '"email"', "text")
MOOD = Registration("enum", '"mood"', "Mood")
CITEXT = Registration("plain", '"citext"')


@pytest.mark.parametrize(
    ("given", "annotation", "registrations"),
    [
        (column("a", "pg_catalog.int4"), "int", []),
        (column("a", "int4", not_null=False), "int | None", []),
        (column("a", "jsonb", not_null=False), "Any", []),
        (column("a", "text", is_array=True, array_dims=2), "list[list[str]]", []),
        (column("a", "text", is_sqlc_slice=True, not_null=False), "list[str]", []),
        (column("a", "mood"), "models.Mood", [MOOD]),
        (column("a", "email"), "str", []),
        (column("a", "email", is_array=True), "list[str]", [EMAIL]),
        (
            column("a", "work_email", is_array=True),
            "list[str]",
            [Registration("domain", '"work_email"', "text")],
        ),
        (column("a", "tags"), "list[str]", []),
        (column("a", "citext"), "str", []),
        (column("a", "citext", is_array=True), "list[str]", [CITEXT]),
        (
            column("a", "app.Pair"),
            "models.AppPair",
            [EMAIL, MOOD, Registration("composite", '"app"."Pair"', "AppPair")],
        ),
    ],
)
def test_type_of_a_column(
    given: dict[str, object], annotation: str, registrations: list[Registration]
) -> None:
    found = TYPES.of_column(Column.model_validate(given))
    assert found is not None
    assert str(found) == annotation
    assert found.registrations == set(registrations)


@pytest.mark.parametrize("name", ["point", "other.mood", "nothing"])
def test_type_without_python_type(name: str) -> None:
    assert TYPES.of_column(Column.model_validate(column("a", name))) is None


def test_array_of_a_domain_over_an_array_has_no_python_type() -> None:
    """psycopg sends lists of lists as arrays of two dimensions, and this is another type."""
    assert TYPES.of_column(Column.model_validate(column("a", "tags", is_array=True))) is None


@pytest.mark.parametrize(
    ("names", "annotation"),
    [
        ("serial4 bigserial pg_catalog.int8 smallint", "int"),
        ("pg_catalog.numeric", "decimal.Decimal"),
        ("pg_catalog.timetz time", "datetime.time"),
        ("timestamptz pg_catalog.timestamp", "datetime.datetime"),
        ("pg_catalog.bpchar citext ltree macaddr8", "str"),
    ],
)
def test_names_that_sqlc_uses_for_built_in_types(names: str, annotation: str) -> None:
    for name in names.split():
        assert str(TYPES.of_column(Column.model_validate(column("a", name)))) == annotation


def test_built_in_names_are_in_lower_case() -> None:
    assert {name.lower() for name in BUILT_IN} == set(BUILT_IN)
