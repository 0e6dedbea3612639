"""Enums and classes of the generated code, and their fields."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlc_gen_python._model.types import PythonType


@dataclass(frozen=True)
class Field:
    """A field of a class, or a parameter of a method."""

    name: str
    type: PythonType
    comment: str = ""
    embeds: "Struct | None" = None
    """The model that the field holds, if the column is a `sqlc.embed`."""


@dataclass(frozen=True)
class Struct:
    """A dataclass or pydantic model."""

    name: str
    fields: Sequence[Field]
    doc: str


@dataclass(frozen=True)
class EnumModel:
    """An enum class; a member is its name and PostgreSQL's label."""

    name: str
    members: Sequence[tuple[str, str]]
    doc: str
