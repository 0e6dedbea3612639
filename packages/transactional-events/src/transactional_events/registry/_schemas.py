"""Schemas as the registry stores them: Protobuf files, and the files that they import."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class Schema(Protocol):
    """A Protobuf file as the Schema Registry knows it."""

    @property
    def subject(self) -> str:
        """Where its versions are."""
        ...

    @property
    def schema(self) -> str:
        """Its text."""
        ...

    @property
    def imports(self) -> tuple["Import", ...]:
        """The files that the text imports; the registry calls them references."""
        ...


@dataclass(frozen=True)
class Import:
    """A file that schemas import."""

    subject: str
    """Its path in import statements: Confluent's serializers name the subjects of imports so."""
    schema: str
    imports: tuple["Import", ...]


def in_order(schemas: Iterable[Schema]) -> list[Schema]:
    """Returns the schemas and their imports, each once and behind its own imports."""
    found: dict[str, Schema] = {}
    for schema in schemas:
        found |= {inner.subject: inner for inner in in_order(schema.imports)}
        found[schema.subject] = schema
    return list(found.values())
