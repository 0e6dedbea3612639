"""A parameter beside a column needs a cast unless it is a value of that column."""

from typing import Any

import pytest

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._sql.embeds import check_embeds
from sqlc_gen_python._sql.guesses import check_guesses
from sqlc_gen_python._sqlc.request import Query
from sqlc_gen_python_tests.unit.sqlc_request import column, query


def guessed(text: str, type_: str = "jsonb", **more: Any) -> Query:
    numbers = sorted({part[:1] for part in text.split("$")[1:]})
    param = column("j", type_, original_name="j", **more)
    params = [{"number": int(number), "column": param} for number in numbers]
    inserted: dict[str, Any] = {"insert_into_table": {"name": "t"}} if "INSERT" in text else {}
    return Query.model_validate(query(text=text, params=params, **inserted))


@pytest.mark.parametrize(
    ("condition", "cast"),
    [
        ("j->>'k' = $1", "text"),
        ("j ->> 'k' = $1 -- a comment", "text"),
        ("j#>>'{a,b}' = $1", "text"),
        ("j->>$1 = 'x'", "text"),
        ("j->$1 IS NOT NULL", "text"),
        ("j #> $1 IS NULL", "text[]"),
        ("j ? $1", "text"),
        ("j ?| $1", "text[]"),
        ("j @? $1", "jsonpath"),
        ("j - $1 = '{}'", "text"),
        ("j->'a' = $1", "text, or ::jsonb for JSON"),
        ("$1 = j->>'k'", "text"),
        ("$1 = t.j ->> 'k'", "text"),
        ("(j->>'n')::int = $1", "text"),
        ("lower(j->>'k') = $1", "text"),
        ("j->>'k' IN ($1)", "text"),
        ("j->>'k' = ANY($1)", "text"),
        ("j->>'k' LIKE $1", "text"),
        ("j->>'k' BETWEEN 'a' AND $1", "text"),
        ("j->>'k' = coalesce($1, j->>'l')", "text"),
        ("j = $1 OR j->>'k' = $1", "text"),
        ("j->>'k' IS NOT DISTINCT FROM $1", "text"),
    ],
)
def test_parameter_beside_a_json_operator_needs_a_cast(condition: str, cast: str) -> None:
    with pytest.raises(GenerateError) as error:
        check_guesses(guessed(f"SELECT id FROM t WHERE {condition}"), "a.sql: query Q")
    assert str(error.value).startswith("a.sql: query Q: parameter $1 (j): sqlc guesses the type")
    assert f"such as ::{cast}" in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM t WHERE j->>'k' = $1::text",
        "SELECT id FROM t WHERE j->>'k' = CAST($1 AS text)",
        "SELECT id FROM t WHERE j = $1",
        "SELECT id FROM t WHERE t.j @> $1 AND id > 3",
        "SELECT id FROM t WHERE $1 <@ t.j",
        "SELECT id FROM t WHERE $1 IS NULL OR j = $1",
        "SELECT id FROM t WHERE j IS NOT DISTINCT FROM $1",
        "UPDATE t SET j = j || $1",
        "UPDATE t SET j = $1 WHERE j->>'k' = 'a'",
        "UPDATE t SET j = coalesce($1, j)",
        "INSERT INTO t (j) VALUES ($1) ON CONFLICT (id) DO UPDATE SET j = $1",
        "INSERT INTO t (id, j) VALUES (1, $1), (lower('a'), $2)",
        "INSERT INTO t (id, j) SELECT id, $1 FROM u",
    ],
)
def test_parameter_that_is_a_value_of_the_json_column_needs_no_cast(text: str) -> None:
    check_guesses(guessed(text), "")


def test_parameter_compared_with_elements_of_an_array_needs_a_cast() -> None:
    with pytest.raises(GenerateError, match="such as ::int4"):
        check_guesses(guessed("SELECT 1 FROM t WHERE $1 = ANY (j)", "int4", is_array=True), "")
    check_guesses(guessed("SELECT 1 FROM t WHERE j @> $1", "int4", is_array=True), "")


@pytest.mark.parametrize(
    ("source", "is_rejected"),
    [
        ("app.t", True),
        ("app.t WHERE true", True),
        ("app.t AS t", True),
        ('"app"."t" t', True),
        ("t", False),
        ("public.t", False),
        ("app.t AS x JOIN t ON true", False),
        ("t JOIN other.t o ON true", False),
    ],
)
def test_embed_of_a_table_of_another_schema_needs_an_alias(source: str, is_rejected: bool) -> None:
    embed = column("t", "", embed_table={"name": "t"})
    parsed = Query.model_validate(query(text=f"SELECT t.id FROM {source}", columns=[embed]))
    if is_rejected:
        with pytest.raises(GenerateError, match=r"FROM app\.t AS app_t"):
            check_embeds(parsed, lambda _: ["app", "other"], "a.sql: query Q")
    else:
        check_embeds(parsed, lambda _: ["app", "other"], "a.sql: query Q")
