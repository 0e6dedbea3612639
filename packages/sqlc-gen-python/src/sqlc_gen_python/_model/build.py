"""Converts sqlc's queries into the queries of the model."""

from collections.abc import Sequence

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._model.batch import build_batch, is_marked
from sqlc_gen_python._model.catalogue import Catalogue
from sqlc_gen_python._model.classes import Field, Struct
from sqlc_gen_python._model.names import (
    class_name,
    distinct,
    field_name,
    identifier,
    snake_case,
)
from sqlc_gen_python._model.query import Command, Query
from sqlc_gen_python._model.types import PythonType, is_unknown
from sqlc_gen_python._sql.batch import MARK
from sqlc_gen_python._sql.embeds import check_embeds
from sqlc_gen_python._sql.guesses import check_guesses
from sqlc_gen_python._sql.statement import check, copy_statement, statement
from sqlc_gen_python._sqlc import request
from sqlc_gen_python._sqlc.options import Options

_USED_IN_METHODS = {
    "self", "cur", "models", "args_row", "scalar_row", "tuple_row", "fetch_one", "fetch_one_async",
    "schema_types", "row_count_of", "row_count_of_async", "query_cursor",
}  # fmt: skip
"""Names that the bodies of methods use; a parameter with such a name gets a trailing `_`."""


def build_query(query: request.Query, catalogue: Catalogue, options: Options) -> Query:
    """Determines the names and types of a query.

    Raises:
        GenerateError: the query cannot be typed; the message names the file and the query.
    """
    place = f"{query.filename}: query {query.name}"
    command = _command(query, place)
    check(query, place, is_copy=command is Command.COPYFROM)
    check_guesses(query, place)
    check_embeds(query, catalogue.schemas_of, place)
    params = _params(query, catalogue, options, place)
    columns = _columns(query, catalogue, options, place) if command.returns_rows else []
    if command.takes_many and not params:
        raise GenerateError(f"{place}: {command} needs a query with parameters")
    if command.returns_rows and not columns:
        raise GenerateError(
            f"{place}: {command} needs a query that returns columns, and sqlc finds none;"
            " without a database (`database:` in sqlc.yaml) it doesn't see the columns of VALUES"
            " and of functions"
        )
    name = class_name(query.name)
    model = _matching_model(query, columns, catalogue)
    is_value = len(columns) <= 1 and not any(column.embeds for column in columns)
    row_class = Struct(f"{name}Row", columns, f"A row of {query.name}.")
    params_class = Struct(f"{name}Params", params, f"The parameters of {query.name}.")
    batch = build_batch(query, params, columns, place) if is_marked(query) else None
    limit = 1 if command.takes_many or batch else options.query_parameter_limit
    sql = copy_statement(query) if command is Command.COPYFROM else statement(query)
    return Query(
        name=query.name,
        method=identifier(snake_case(query.name)),
        command=command,
        sql=f"-- name: {query.name} {command}\n{sql}\n",
        doc=_doc(query.comments),
        filename=query.filename,
        params=params,
        params_class=params_class if len(params) > limit else None,
        columns=columns,
        model=model,
        row_class=None if model or is_value else row_class,
        batch=batch,
    )


def _doc(comments: Sequence[str]) -> str:
    """Joins the lines of a query's comment, without directives such as `@sqlc-vet-disable` and `@batch`."""
    lines = [line.removeprefix(" ").rstrip() for line in comments]
    kept = [line for line in lines if not line.startswith("@sqlc-") and line.strip() != MARK]
    return "\n".join(kept).strip("\n")


def _command(query: request.Query, place: str) -> Command:
    try:
        return Command(query.cmd)
    except ValueError:
        known = ", ".join(Command)
        raise GenerateError(f"{place}: {query.cmd} is unknown; the commands are {known}") from None


def _params(
    query: request.Query, catalogue: Catalogue, options: Options, place: str
) -> list[Field]:
    params = sorted(query.params, key=lambda param: param.number)
    if [param.number for param in params] != list(range(1, len(params) + 1)):
        raise GenerateError(
            f"{place}: the numbers of the parameters must start at $1 and have no gap"
        )
    wanted = [param.column.name or f"dollar_{param.number}" for param in params]
    names = [field_name(name, options) for name in wanted]
    free = [f"{name}_" if name in _USED_IN_METHODS else name for name in names]
    return [
        _field(name, param.column, catalogue, f"{place}: parameter ${param.number} ({name})")
        for name, param in zip(distinct(free), params, strict=True)
    ]


def _columns(
    query: request.Query, catalogue: Catalogue, options: Options, place: str
) -> list[Field]:
    models = [catalogue.model_of(column.embed_table) for column in query.columns]
    names = [
        field_name(_column_name(column, model, position), options)
        for position, (column, model) in enumerate(zip(query.columns, models, strict=True), 1)
    ]
    return [
        Field(name, PythonType(f"models.{model.name}"), embeds=model)
        if model
        else _field(name, column, catalogue, f"{place}: column {name}")
        for name, column, model in zip(distinct(names), query.columns, models, strict=True)
    ]


def _column_name(column: request.Column, embedded: Struct | None, position: int) -> str:
    if embedded and column.embed_table and column.name == column.embed_table.name:
        return snake_case(embedded.name)
    return column.name or f"column_{position}"


def _field(name: str, column: request.Column, catalogue: Catalogue, place: str) -> Field:
    sql_type = column.type.name if column.type else "unknown"
    is_of_table = catalogue.model_of(column.table) is not None
    if column.table and is_of_table:
        place = f"table {column.table.name}, column {column.original_name or column.name}"
    elif sql_type.removeprefix("pg_catalog.") == "record":
        raise GenerateError(
            f"{place}: without a database (`database:` in sqlc.yaml) sqlc doesn't see the columns"
            " that a function returns; name them after AS and add a cast to each"
        )
    elif is_unknown(sql_type):
        raise GenerateError(f"{place}: sqlc cannot tell its type ({sql_type}); add a cast")
    return catalogue.annotated(name, catalogue.types.of_column(column), sql_type, place)


def _matching_model(
    query: request.Query, columns: Sequence[Field], catalogue: Catalogue
) -> Struct | None:
    """Returns the model of the table that has exactly these columns."""
    if len(columns) < 2:  # noqa: PLR2004 - one column is returned as a bare value
        return None
    models = [catalogue.model_of(column.table) for column in query.columns]
    model = models[0]
    if model is None or any(other is not model for other in models):
        return None
    same = [(field.name, field.type) for field in model.fields]
    return model if same == [(field.name, field.type) for field in columns] else None
