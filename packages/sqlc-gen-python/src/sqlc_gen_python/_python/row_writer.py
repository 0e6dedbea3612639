"""Writes the conversions of rows into values and of values into parameters."""

from collections.abc import Container, Sequence

from sqlc_gen_python._model.classes import Field, Struct
from sqlc_gen_python._model.names import snake_case
from sqlc_gen_python._model.query import Query
from sqlc_gen_python._model.types import PythonType
from sqlc_gen_python._python.imports import Imports
from sqlc_gen_python._python.layout import brackets


class RowWriter:
    """Writes the row class and psycopg's row factory for the queries of a module.

    A dataclass takes a row's values in order. A pydantic model takes keyword arguments, and an
    embedded model takes several values; both need a function, which is added to `functions`.
    """

    def __init__(self, imports: Imports, shadowed: Container[str], *, is_pydantic: bool) -> None:
        self._imports = imports
        self._shadowed = shadowed
        self._is_pydantic = is_pydantic
        self.functions: dict[str, str] = {}

    def annotation(self, query: Query) -> str:
        """Returns the type of a row: a model, the query's own class, or a value's type."""
        if query.model:
            return self._model(query.model)
        if query.row_class:
            return query.row_class.name
        return self._imports.spell(query.columns[0].type, self._shadowed)

    def factory(self, query: Query) -> str:
        """Returns the row factory for rows of that type."""
        row = query.model or query.row_class
        if row is None:
            self._imports.add("psycopg.rows", "scalar_row")
            return "scalar_row"
        self._imports.add("psycopg.rows", "args_row")
        if not self._is_pydantic and not any(field.embeds for field in row.fields):
            return f"args_row({self.annotation(query)})"
        # No row class ends in `_model`, and no module is imported under such a name.
        name = f"_{snake_case(row.name)}{'_model' if row is query.model else ''}"
        self.functions.setdefault(name, self._function(name, query, row))
        return f"args_row({name})"

    def _model(self, struct: Struct) -> str:
        return self._imports.spell(f"models.{struct.name}", self._shadowed)

    def _function(self, name: str, query: Query, row: Struct) -> str:
        self._imports.add("typing", "Any")
        annotation = self.annotation(query)
        values, _ = self._arguments(row.fields, 0, indent=8)
        body = brackets(f"return {annotation}(", values, ")", indent=4)
        signature = brackets(f"def {name}(", ["*row: Any"], f") -> {annotation}:")
        return f"{signature}\n    {body}"

    def _arguments(self, fields: Sequence[Field], start: int, indent: int) -> tuple[list[str], int]:
        """Writes the fields' values, from `row[start]` on; also returns the end."""
        arguments = []
        end = start
        for field in fields:
            value, end = self._argument(field, end, indent)
            arguments.append(value)
        return arguments, end

    def _argument(self, field: Field, start: int, indent: int) -> tuple[str, int]:
        if field.embeds is None:
            return f"{field.name}=row[{start}]", start + 1
        opening = f"{field.name}={self._model(field.embeds)}("
        if not self._is_pydantic:
            end = start + len(field.embeds.fields)
            return brackets(opening, [f"*row[{start}:{end}]"], ")", indent, after=","), end
        inner, end = self._arguments(field.embeds.fields, start, indent + 4)
        return brackets(opening, inner, ")", indent, after=","), end


def wrapped(value: str, type_: PythonType, imports: Imports) -> str:
    """Returns the value as psycopg takes it: JSON needs a wrapper."""
    if not type_.wrapper:
        return value
    imports.add("psycopg.types.json", type_.wrapper)
    inner = f"{type_.wrapper}({'item' if type_.array_dims else value})"
    name = "item"
    for dim in range(type_.array_dims, 0, -1):
        outer = f"{name}s" if dim > 1 else value
        inner, name = f"[{inner} for {name} in {outer}]", outer
    return f"None if {value} is None else {inner}" if type_.nullable else inner
