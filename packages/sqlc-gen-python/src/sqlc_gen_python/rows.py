"""Writes how a row becomes a value, and how a value becomes a parameter."""

from collections.abc import Container, Sequence

from sqlc_gen_python.imports import Imports
from sqlc_gen_python.layout import brackets
from sqlc_gen_python.model import Field, Struct
from sqlc_gen_python.names import snake_case
from sqlc_gen_python.query import Query
from sqlc_gen_python.types import PythonType


class RowWriter:
    """Knows the class and psycopg's row factory for each query of a module.

    A dataclass takes a row's values in order. A pydantic model wants names, and an embedded
    model several values; those get a function, collected in `functions`.
    """

    def __init__(self, imports: Imports, shadowed: Container[str], *, is_pydantic: bool) -> None:
        self._imports = imports
        self._shadowed = shadowed
        self._is_pydantic = is_pydantic
        self.functions: dict[str, str] = {}

    def annotation(self, query: Query) -> str:
        """The type of a row: a model, the query's own class, or a single value's type."""
        if query.model:
            return self._model(query.model)
        if query.row_class:
            return query.row_class.name
        return self._imports.spell(query.columns[0].type, self._shadowed)

    def factory(self, query: Query) -> str:
        """The row factory that makes rows of that type."""
        row = query.model or query.row_class
        if row is None:
            self._imports.add("psycopg.rows", "scalar_row")
            return "scalar_row"
        self._imports.add("psycopg.rows", "args_row")
        if not self._is_pydantic and not any(field.embeds for field in row.fields):
            return f"args_row({self.annotation(query)})"
        # No query's own class ends like that, and no module is imported under such a name.
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
        """Writes the fields' values out of `row` from `start` on, and says where they end."""
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
    """The value as psycopg wants it, which for json is in a wrapper."""
    if not type_.wrapper:
        return value
    imports.add("psycopg.types.json", type_.wrapper)
    inner = f"{type_.wrapper}({'item' if type_.array_dims else value})"
    name = "item"
    for dim in range(type_.array_dims, 0, -1):
        outer = f"{name}s" if dim > 1 else value
        inner, name = f"[{inner} for {name} in {outer}]", outer
    return f"None if {value} is None else {inner}" if type_.nullable else inner
