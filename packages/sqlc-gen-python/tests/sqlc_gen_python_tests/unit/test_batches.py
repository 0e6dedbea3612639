"""A query marked with `@batch` gets a batch form, or an error that says why it has none."""

from typing import Any

import pytest

from sqlc_gen_python import GenerateError, generate
from sqlc_gen_python_tests.unit.sqlc_request import column, query, request

INSERT = "INSERT INTO things (a, b) VALUES ($1, $2)"
SELECT = "SELECT a, b FROM things WHERE a = $1"
TABLE = {"schema": "", "name": "things"}


def of_things(name: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    return column(name, type_, original_name=name, table=TABLE, **more)


def generated(text: str, cmd: str, *types: str, **more: Any) -> str:
    names = "abcdef"
    params = [
        {"number": number, "column": of_things(names[number - 1], type_, **more)}
        for number, type_ in enumerate(types, 1)
    ]
    columns = [of_things("a"), of_things("b")] if cmd == ":one" else []
    marked = query("DoThing", cmd, text=text, params=params, columns=columns, comments=[" @batch"])
    return generate(request(marked), lambda _: None)["things.py"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "INSERT INTO app . things(a, b)\nVALUES ( now(), lower($1) || ')$2' );",
            "INSERT INTO app . things(a, b)\nSELECT now(), lower(batch.\"a\") || ')$2'",
        ),
        (
            "INSERT INTO things (a, b) -- both\nVALUES ($1, $1::text)",
            'INSERT INTO things (a, b) -- both\nSELECT batch."a", batch."a"::text',
        ),
    ],
)
def test_insert_becomes_an_insert_of_records(text: str, expected: str) -> None:
    records = 'FROM jsonb_to_recordset($1) AS batch ("a" text)'
    assert f"-- name: DoThing :exec (batch)\n{expected}\n{records}\n" in generated(
        text, ":exec", "text"
    )


def test_returning_follows_the_records() -> None:
    code = generated(f"{INSERT}\nRETURNING a;", ":execresult", "text", "text")
    records = 'FROM jsonb_to_recordset($1) AS batch ("a" text, "b" text)'
    assert f"{records}\nRETURNING a\n" in code
    assert "has_returning=True" in code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SELECT, "SELECT a, b FROM things WHERE a = ANY ($1::text[])"),
        (
            "SELECT t.a, t.b FROM things t WHERE b <> '$1' AND t.a = $1 AND (a OR b);",
            None,
        ),
        (
            "SELECT t.a, t.b FROM app.things AS t WHERE b <> 'or $1' AND t.a = $1 AND b > '';",
            "SELECT t.a, t.b FROM app.things AS t WHERE b <> 'or $1' AND t.a = ANY ($1::text[]) AND b > ''",
        ),
    ],
)
def test_select_becomes_a_select_of_any_key(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(GenerateError, match="it contains OR"):
            generated(text, ":one", "text")
    else:
        assert f"-- name: DoThing :one (batch)\n{expected}\n" in generated(text, ":one", "text")


@pytest.mark.parametrize(
    ("text", "cmd", "types", "reason"),
    [
        (
            INSERT,
            ":execrows",
            ["text", "text"],
            "it is :execrows, none of :exec, :execresult and :one",
        ),
        ("UPDATE things SET a = $1", ":exec", ["text"], "it is no INSERT"),
        (
            "WITH x AS (SELECT 1) INSERT INTO things (a) VALUES ($1)",
            ":exec",
            ["text"],
            "it is no INSERT",
        ),
        ("INSERT INTO things (a) VALUES ('')", ":exec", [], "it has no parameters"),
        ("INSERT INTO things VALUES ($1)", ":exec", ["text"], "it must name its columns"),
        ("INSERT INTO things AS t (a) VALUES ($1)", ":exec", ["text"], "give its table no alias"),
        ("INSERT INTO things (a) SELECT $1::text", ":exec", ["text"], "it has no VALUES"),
        (
            f"{INSERT}, ($1, $2)",
            ":exec",
            ["text", "text"],
            r"only one row of VALUES is supported, without , \(",
        ),
        (f"{INSERT} ON CONFLICT DO NOTHING", ":exec", ["text", "text"], "without on conflict"),
        (f"{INSERT} RETURNING a", ":exec", ["text", "text"], "without returning a"),
        (INSERT, ":execresult", ["text", "text"], "it has no RETURNING after its values"),
        (
            f"{INSERT} RETURNING a, $1::text",
            ":execresult",
            ["text", "text"],
            "its RETURNING contains a parameter",
        ),
        (
            "INSERT INTO things (a, b) VALUES ($1, DEFAULT)",
            ":exec",
            ["text"],
            "VALUES contains DEFAULT",
        ),
        (
            "INSERT INTO things (a) VALUES ((SELECT $1))",
            ":exec",
            ["text"],
            "VALUES contains SELECT",
        ),
        (
            INSERT,
            ":exec",
            ["text", "timestamp"],
            "parameter b is a timestamp, which JSON does not carry",
        ),
        (INSERT, ":exec", ["jsonb", "text"], "parameter a is a jsonb"),
        ("SELECT a, b FROM things", ":one", [], "it has 0 parameters"),
        (f"{SELECT} AND b = $2", ":one", ["text", "text"], "it has 2 parameters"),
        (SELECT, ":one", ["numeric"], "a key can't be of the type numeric"),
        (f"{SELECT} FOR UPDATE", ":one", ["text"], "it contains FOR"),
        (f"{SELECT} ORDER BY b LIMIT 1", ":one", ["text"], "it contains ORDER"),
        (
            "SELECT a, b FROM things JOIN x ON TRUE WHERE a = $1",
            ":one",
            ["text"],
            "it contains JOIN",
        ),
        ("SELECT a, b FROM things, x WHERE a = $1", ":one", ["text"], "it doesn't read one table"),
        ("SELECT a, b FROM things WHERE a > $1", ":one", ["text"], "compared once, as a = "),
        ("SELECT a, b FROM things WHERE NOT a = $1", ":one", ["text"], "compared once, as a = "),
        ("SELECT a, b FROM things WHERE (a = $1)", ":one", ["text"], "compared once, as a = "),
        ("SELECT a, b FROM things WHERE a = $1 || b", ":one", ["text"], "compared once, as a = "),
        ("DELETE FROM things WHERE a = $1 RETURNING a, b", ":one", ["text"], "it is no SELECT"),
    ],
)
def test_query_without_a_batch_is_an_error_with_the_reason(
    text: str, cmd: str, types: list[str], reason: str
) -> None:
    with pytest.raises(GenerateError, match=f"^things.sql: query DoThing: @batch needs .*{reason}"):
        generated(text, cmd, *types)


def test_lookup_that_does_not_return_its_key_is_an_error() -> None:
    key = {"number": 1, "column": of_things("c")}
    marked = query(
        "DoThing", ":one", text="SELECT a, b FROM things WHERE c = $1", params=[key],
        columns=[of_things("a"), of_things("b")], comments=[" @batch"],
    )  # fmt: skip
    with pytest.raises(GenerateError, match="it doesn't return the key c"):
        generate(request(marked), lambda _: None)


def test_batch_of_a_query_takes_no_other_querys_name() -> None:
    other = query("DoThingBatch", ":exec", text="SELECT 1", columns=[])
    params = [
        {"number": number, "column": of_things(name)} for number, name in ((1, "a"), (2, "b"))
    ]
    marked = query("DoThing", ":exec", text=INSERT, params=params, columns=[], comments=[" @batch"])
    with pytest.raises(GenerateError, match="DoThingBatch"):
        generate(request(marked, other), lambda _: None)


def test_query_without_the_mark_has_no_batch() -> None:
    params = [
        {"number": number, "column": of_things(name)} for number, name in ((1, "a"), (2, "b"))
    ]
    plain = query(
        "DoThing", ":exec", text=INSERT, params=params, columns=[], comments=[" see @batch"]
    )
    assert "batch" not in generate(request(plain), lambda _: None)["things.py"].replace(
        "@batch", ""
    )
