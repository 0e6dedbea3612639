"""What the templates render: enums, classes and their fields."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlc_gen_python.types import PythonType


@dataclass(frozen=True)
class Field:
    """A field of a class, or a parameter of a method."""

    name: str
    type: PythonType
    comment: str = ""
    embeds: "Struct | None" = None
    """The table's model that the field holds, for `sqlc.embed`."""


@dataclass(frozen=True)
class Struct:
    """A dataclass or pydantic model."""

    name: str
    fields: Sequence[Field]
    doc: str


@dataclass(frozen=True)
class EnumModel:
    """An enum class: its members' names and PostgreSQL's labels."""

    name: str
    members: Sequence[tuple[str, str]]
    doc: str
