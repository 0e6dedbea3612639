"""Writes the batch forms of the queries that are marked with `@batch`."""

from sqlc_gen_python._model.batch import InsertBatch, LookupBatch
from sqlc_gen_python._model.query import Query
from sqlc_gen_python._python.imports import Imports
from sqlc_gen_python._python.layout import brackets, sql_literal
from sqlc_gen_python._python.row_writer import RowWriter


class BatchWriter:
    """Writes the constants of batch forms, and the functions that turn arguments into records."""

    def __init__(self, imports: Imports, rows: RowWriter, support: str) -> None:
        self._imports = imports
        self._rows = rows
        self._support = support

    def write(self, query: Query) -> list[str]:
        """Returns the module's blocks for the batch form of a query; none if the query has no batch form."""
        if isinstance(query.batch, InsertBatch):
            return self._insert(query, query.batch)
        return [self._lookup(query, query.batch)] if query.batch else []

    def _insert(self, query: Query, batch: InsertBatch) -> list[str]:
        self._imports.add(self._support, "InsertBatch")
        record = f"_{query.method.lstrip('_')}_record"
        argument = argument_type(query, self._imports)
        members = [
            member.format(f"arg.{name}" if query.params_class else "arg")
            for (name, _), member in zip(batch.columns, batch.members, strict=True)
        ]
        self._imports.add(self._support, "json_object")
        for function in ("to_json", "bytea"):
            if any(f"{function}(" in member for member in members):
                self._imports.add(self._support, function)
        body = brackets("return json_object(", members, ")", indent=4)
        head = f"def {record}(arg: {argument}) -> str:"
        constant = brackets(
            f"{query.batch_constant}: Final = InsertBatch(",
            [_sql(query, batch.sql), record] + ["has_returning=True"] * batch.returns_cursor,
            ")",
        )
        return [f"{head}\n    {body}", constant]

    def _lookup(self, query: Query, batch: LookupBatch) -> str:
        self._imports.add(self._support, "LookupBatch")
        arguments = [query.constant, _sql(query, batch.sql), self._rows.factory(query)]
        if batch.key:
            self._imports.add("operator", "attrgetter")
            arguments.append(f'key=attrgetter("{batch.key}")')
        if batch.has_literal:
            self._imports.add(self._support, "array_literal")
            arguments.append("array=array_literal")
        if query.registrations:
            self._imports.add("._types", "schema_types")
            arguments.append("types=schema_types")
        types = f"{argument_type(query, self._imports)}, {self._rows.annotation(query)}"
        opening = f"{query.batch_constant}: Final = LookupBatch[{types}]("
        return brackets(opening, arguments, ")")


def argument_type(query: Query, imports: Imports) -> str:
    """Returns the annotation of one of the arguments of a method that takes many."""
    if query.params_class:
        return query.params_class.name
    return imports.spell(query.params[0].type)


def _sql(query: Query, sql: str) -> str:
    return sql_literal(f"-- name: {query.name} {query.command} (batch)\n{sql}\n")
