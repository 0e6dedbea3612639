"""Compares a query's generated types with PostgreSQL's."""

from collections.abc import Iterator

from sqlc_gen_python._model.batch import Batch, InsertBatch
from sqlc_gen_python._model.classes import Field
from sqlc_gen_python._model.query import Query
from sqlc_gen_python._model.type_map import TypeMap
from sqlc_gen_python._model.types import PythonType
from sqlc_gen_python._verify.server import Description, Server, ServerColumn, ServerType

TEXT = PythonType("str")
"""The type as which psycopg loads values of unknown types."""


def differences(query: Query, types: TypeMap, found: Description) -> Iterator[str]:
    """Yields a line for each parameter and column whose generated type differs."""
    if len(found.params) != len(query.params):
        yield (
            f"PostgreSQL finds {len(found.params)} parameters, the method has {len(query.params)}"
        )
        return
    for number, (field, server) in enumerate(zip(query.params, found.params, strict=True), 1):
        yield from _parameter(f"parameter ${number} ({field.name})", field, server, types)
    if not query.command.returns_rows:
        return
    if len(found.columns) != len(query.values):
        yield (
            f"PostgreSQL returns {len(found.columns)} columns, the row class has {len(query.values)}:"
            " the schema files and the database differ"
        )
        return
    for field, column in zip(query.values, found.columns, strict=True):
        yield from _column(f"column {field.name}", field, column, types)


def batch_differences(batch: Batch, single: Description, server: Server) -> Iterator[str]:
    """Yields a line for each type in which a batch form differs from its query.

    Raises:
        psycopg.Error: PostgreSQL rejects the batch form.
    """
    found = server.describe(batch.sql)
    if isinstance(batch, InsertBatch):
        types = ", ".join(f"NULL::{type_}" for _, type_ in batch.columns)
        record = server.describe(f"SELECT {types}").columns
        for (name, _), column, param in zip(batch.columns, record, single.params, strict=True):
            if column.type != param:
                yield (
                    f"its batch reads {name} as {column.type.sql}, PostgreSQL takes {param.sql}:"
                    f" write the cast ::{param.sql} after the parameter"
                )
        return
    key, array = single.params[0], found.params[0]
    if (array.name.schema, array.name.name) != (key.name.schema, key.name.name):
        yield f"its batch takes {array.sql}, which is no array of {key.sql}"
    if [column.type for column in found.columns] != [column.type for column in single.columns]:
        yield "its batch returns other types"


def _parameter(place: str, field: Field, server: ServerType, types: TypeMap) -> Iterator[str]:
    true = _python(server, types)
    if field.type.annotation == "Any" and not field.type.wrapper:
        return
    if _shape(field.type) != _shape(true) or field.type.wrapper != true.wrapper:
        yield (
            f"{place}: PostgreSQL takes {server.sql} ({_spell(true)}), the generated type is"
            f" {_spell(field.type)}: write the cast ::{server.sql} after the parameter"
        )


def _column(place: str, field: Field, column: ServerColumn, types: TypeMap) -> Iterator[str]:
    true = _python(column.type, types)
    if field.type.annotation == "Any":
        return
    if _shape(field.type) != _shape(true):
        yield (
            f"{place}: PostgreSQL returns {column.type.sql} ({_spell(true)}), the generated"
            f" type is {_spell(field.type)}: write the cast (…)::{column.type.sql}, or a cast to the"
            " type that you want"
        )
    elif column.is_nullable_column and not field.type.nullable:
        yield (
            f"{place}: the table's column can be NULL, the generated type is {_spell(field.type)}:"
            " the schema files and the database differ, or the column needs a coalesce"
        )


def _python(server: ServerType, types: TypeMap) -> PythonType:
    return types.of_name(server.name) or TEXT


def _shape(type_: PythonType) -> tuple[str, bool]:
    """The part of a type that PostgreSQL knows, too; it doesn't know an array's dimensions."""
    return type_.annotation, type_.array_dims > 0


def _spell(type_: PythonType) -> str:
    """Returns the annotation, with the wrapper in which psycopg sends the value."""
    text = str(type_).removesuffix(" | None")
    return f"{text}, sent as {type_.wrapper}" if type_.wrapper else text
