"""Writes enums, dataclasses and pydantic models."""

from collections.abc import Container

from sqlc_gen_python._model.classes import EnumModel, Field, Struct
from sqlc_gen_python._python.imports import Imports
from sqlc_gen_python._python.layout import docstring, string_literal
from sqlc_gen_python._sqlc.options import Options


class ClassWriter:
    """Writes the classes of one module."""

    def __init__(self, imports: Imports, options: Options, *, in_models: bool) -> None:
        self._imports = imports
        self._options = options
        self._in_models = in_models

    def enum(self, enum: EnumModel) -> str:
        """Writes an enum with string values."""
        self._imports.add("enum")
        base = "enum.StrEnum" if self._options.emit_str_enum else "str, enum.Enum"
        members = [f"    {name} = {string_literal(value)}" for name, value in enum.members]
        lines = [f"class {enum.name}({base}):", f"    {docstring(enum.doc, 4)}", "", *members]
        return "\n".join(lines)

    def struct(self, struct: Struct) -> str:
        """Writes a class with a field for each column or parameter."""
        if self._options.emit_pydantic_models:
            self._imports.add("pydantic")
            lines = [f"class {struct.name}(pydantic.BaseModel):"]
        else:
            self._imports.add("dataclasses")
            lines = ["@dataclasses.dataclass(slots=True)", f"class {struct.name}:"]
        lines += [f"    {docstring(struct.doc, 4)}", ""]
        if self._options.emit_pydantic_models and any(
            "ange[" in str(f.type) for f in struct.fields
        ):
            lines += ["    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)", ""]
        names = {field.name for field in struct.fields}
        for field in struct.fields:
            lines += self._field(field, names)
        return "\n".join(lines)

    def _field(self, field: Field, shadowed: Container[str]) -> list[str]:
        annotation = str(field.type)
        if self._in_models:
            annotation = annotation.replace("models.", "")
        comments = [f"    # {line}".rstrip() for line in field.comment.splitlines()]
        return [*comments, f"    {field.name}: {self._imports.spell(annotation, shadowed)}"]
