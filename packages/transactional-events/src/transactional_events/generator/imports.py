"""Google's files that events import: each is registered as a subject of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from google.protobuf.descriptor import FileDescriptor

from transactional_events.generator.schema_text import STANDARD, imported_files, schema_text


@dataclass(frozen=True)
class Import:
    """A file, and those that it imports itself."""

    path: str
    """As import statements say it; also the subject, as Confluent's serializers name it."""
    schema: str
    imports: tuple["Import", ...]

    @classmethod
    def of(cls, file: FileDescriptor) -> tuple[Self, ...]:
        """Returns the files that a file imports.

        Raises:
            ContractError: the file needs a type that is neither its own nor Google's.
        """
        return tuple(
            cls(imported.name, schema_text(imported), cls.of(imported))
            for imported in imported_files(file)
        )

    @property
    def constant(self) -> str:
        """The name of the generated constant."""
        return self.path.removeprefix(STANDARD).removesuffix(".proto").replace("/", "_").upper()


def in_order(imports: Iterable[Import]) -> list[Import]:
    """Returns all imports, also those of imports, each once and behind what it imports itself."""
    found: dict[str, Import] = {}
    for file in imports:
        found |= {inner.path: inner for inner in in_order(file.imports)}
        found[file.path] = file
    return list(found.values())
