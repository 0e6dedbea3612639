"""Writes `_types.py`, the list of types that are registered on connections."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sqlc_gen_python._model.catalogue import Catalogue
from sqlc_gen_python._model.classes import Struct
from sqlc_gen_python._model.names import snake_case
from sqlc_gen_python._model.types import Kind, Registration
from sqlc_gen_python._python.imports import Imports
from sqlc_gen_python._python.layout import brackets, string_literal
from sqlc_gen_python._python.modules import render_types
from sqlc_gen_python._python.row_writer import wrapped
from sqlc_gen_python._sqlc.options import Options

_ORDER: Final[Sequence[Kind]] = ("enum", "composite", "plain", "range", "domain")
"""The order of registration. A domain is loaded as its base type, so domains come last."""
_CLASSES: Final[dict[Kind, str]] = {
    "enum": "EnumType",
    "composite": "CompositeType",
    "plain": "SchemaType",
    "range": "RangeType",
    "domain": "SchemaType",
}
"""The classes of the support module."""


class TypesWriter:
    """Writes the `_types.py` of one generated package."""

    def __init__(self, options: Options, catalogue: Catalogue) -> None:
        self._options = options
        self._catalogue = catalogue

    def write(self, registrations: Iterable[Registration], header: str) -> str:
        """Writes the module for the types that the queries use."""
        found = sorted(registrations, key=lambda type_: (_ORDER.index(type_.kind), type_))
        imports = Imports()
        imports.add("typing", "Final")
        classes = {_CLASSES[type_.kind] for type_ in found}
        imports.add(self._options.support_import, "SchemaTypes", *classes)
        if classes & {"EnumType", "CompositeType"}:
            imports.add(".", "models")
        composites = {type_.python for type_ in found if type_.kind == "composite"}
        models = [model for model in self._catalogue.models if model.name in composites]
        functions = [text for model in models for text in self._conversions(model, imports)]
        return render_types([_registration(type_) for type_ in found], functions, imports, header)

    def _conversions(self, model: Struct, imports: Imports) -> Iterator[str]:
        """Writes how psycopg makes a model from a composite value, and the values of a model."""
        imports.add("collections.abc", "Sequence")
        imports.add("psycopg.types.composite", "CompositeInfo")
        imports.add("typing", "Any")
        name = snake_case(model.name)
        signature = ["values: Sequence[Any]", "_: CompositeInfo"]
        yield "\n".join(
            [
                brackets(f"def _make_{name}(", signature, f") -> models.{model.name}:"),
                f"    {brackets(f'return models.{model.name}(', self._arguments(model), ')', 4)}",
            ]
        )
        signature = [f"value: models.{model.name}", "_: CompositeInfo"]
        values = [wrapped(f"value.{field.name}", field.type, imports) for field in model.fields]
        yield "\n".join(
            [
                brackets(f"def _values_of_{name}(", signature, ") -> Sequence[Any]:"),
                f"    {brackets('return [', values, ']', 4)}",
            ]
        )

    def _arguments(self, model: Struct) -> list[str]:
        if not self._options.emit_pydantic_models:
            return ["*values"]
        return [f"{field.name}=values[{at}]" for at, field in enumerate(model.fields)]


def _registration(type_: Registration) -> str:
    arguments = [string_literal(type_.name)]
    if type_.kind == "domain":
        arguments.append(f"base={string_literal(type_.python)}")
    if type_.kind in {"enum", "composite"}:
        arguments.append(f"models.{type_.python}")
    if type_.kind == "composite":
        name = snake_case(type_.python)
        arguments += [f"make=_make_{name}", f"values=_values_of_{name}"]
    return brackets(f"{_CLASSES[type_.kind]}(", arguments, ")", indent=4, after=",")
