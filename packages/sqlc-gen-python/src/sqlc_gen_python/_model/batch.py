"""Determines the batch form of a query that its comment marks with `@batch`."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._model.classes import Field
from sqlc_gen_python._sql.batch import MARK, NotBatchableError, insert_many, select_many
from sqlc_gen_python._sql.statement import statement
from sqlc_gen_python._sqlc import request

_ANY = "to_json({0})"
_INTEGER = "{0}:d"
_JSON = {
    "boolean|bool": _ANY,
    "smallint|int2|integer|int|int4|bigint|int8|oid": _INTEGER,
    "text|varchar|character varying|bpchar": _ANY,
    "float|real|float4|float8|double precision": "to_json(str({0}))",
    "numeric|decimal": "to_json(str({0}))",
    "uuid": "to_json({0}.hex)",
    "date|timestamptz|timestamp with time zone": "to_json({0}.isoformat())",
    "bytea": "to_json(bytea({0}))",
}
"""Types whose values a JSON document can carry exactly, as the text or number that PostgreSQL reads → the expression
in an f-string that makes it. `timestamp` is none of them: PostgreSQL would ignore the zone of an aware instant."""
_VALUES = {name: value for names, value in _JSON.items() for name in names.split("|")}
_SHAPES = (
    "needs an INSERT … VALUES of one row (:exec, or :execresult with RETURNING) "
    "or a SELECT of one table by a key (:one)"
)
_ENUM = "to_json({0}.value)"
_KEYS = {
    "uuid": True, "smallint": True, "int2": True, "integer": True, "int": True, "int4": True, "bigint": True,
    "int8": True, "text": False, "varchar": False, "character varying": False, "bytea": False,
}  # fmt: skip
"""Types of keys that are equal in Python exactly if they are equal in PostgreSQL → whether an array literal of
them needs no quotes, so that joining them makes it."""


@dataclass(frozen=True)
class InsertBatch:
    """`INSERT … SELECT` from one jsonb parameter."""

    sql: str
    columns: Sequence[tuple[str, str]]
    """The name and the type of each column of the records."""
    members: Sequence[str]
    """The f-strings of the record's members in JSON, with `{0}` for the parameter's value."""
    returns_cursor: bool
    """Whether the statement has RETURNING, whose rows the cursor holds."""


@dataclass(frozen=True)
class LookupBatch:
    """A SELECT with `= ANY`."""

    sql: str
    key: str
    """The field of the row that holds the key; empty if the row is the key."""
    key_type: str
    has_literal: bool
    """Whether the array is sent as a literal instead of a list."""


Batch = InsertBatch | LookupBatch


def is_marked(query: request.Query) -> bool:
    """Whether a line of the query's comment is the mark."""
    return any(line.strip() == MARK for line in query.comments)


def build_batch(
    query: request.Query, params: Sequence[Field], columns: Sequence[Field], place: str
) -> Batch:
    """Returns the batch form of a marked query.

    Raises:
        GenerateError: the query has none; the message says why.
    """
    try:
        if query.cmd in {":exec", ":execresult"}:
            return _insert(query, params)
        if query.cmd != ":one":
            raise NotBatchableError(f"it is {query.cmd}, none of :exec, :execresult and :one")  # noqa: TRY301
        return _lookup(query, params, columns)
    except NotBatchableError as error:
        raise GenerateError(f"{place}: {MARK} {_SHAPES}: {error}") from None


def _insert(query: request.Query, params: Sequence[Field]) -> InsertBatch:
    if not params:
        raise NotBatchableError("it has no parameters")
    given = sorted(query.params, key=lambda param: param.number)
    types = [_type(param.column) for param in given]
    columns = {
        param.number: (field.name, type_)
        for param, field, type_ in zip(given, params, types, strict=True)
    }
    members = [_member(field, type_) for field, type_ in zip(params, types, strict=True)]
    returns_cursor = query.cmd == ":execresult"
    sql = insert_many(statement(query), columns, has_returning=returns_cursor)
    return InsertBatch(sql, list(columns.values()), members, returns_cursor)


def _member(field: Field, type_: str) -> str:
    is_enum = any(registration.kind == "enum" for registration in field.type.registrations)
    value = _ENUM if is_enum else _VALUES.get(type_)
    if value is None or field.type.array_dims:
        array = "[]" * field.type.array_dims
        raise NotBatchableError(
            f"parameter {field.name} is a {type_}{array}, which JSON does not carry"
        )
    if field.type.nullable and value in {_ANY, _INTEGER}:
        value = _ANY
    elif field.type.nullable:
        value = f'"null" if {{0}} is None else {value}'
    return f"f'\"{field.name}\":{{{{{value}}}}}'"


def _lookup(query: request.Query, params: Sequence[Field], columns: Sequence[Field]) -> LookupBatch:
    if len(params) != 1:
        raise NotBatchableError(f"it has {len(params)} parameters")
    column = query.params[0].column
    name, type_ = column.original_name, _type(column)
    if type_ not in _KEYS or params[0].type.array_dims:
        raise NotBatchableError(f"a key can't be of the type {type_}")
    if params[0].type.nullable:
        raise NotBatchableError("the key may be NULL")
    sql = select_many(statement(query), name, f"{type_}[]")
    key = next(
        (
            field
            for field, found in zip(columns, query.columns, strict=True)
            if found.table and found.original_name == name and not field.embeds
        ),
        None,
    )
    if key is None:
        raise NotBatchableError(f"it doesn't return the key {name}")
    return LookupBatch(sql, key.name if len(columns) > 1 else "", type_, _KEYS[type_])


def _type(column: request.Column) -> str:
    """Returns the name of the column's type in SQL."""
    if column.type is None:
        return "unknown"
    schema, _, name = column.type.name.rpartition(".")
    schema = schema or column.type.schema_
    return name if schema in {"", "pg_catalog"} else f"{schema}.{name}"
