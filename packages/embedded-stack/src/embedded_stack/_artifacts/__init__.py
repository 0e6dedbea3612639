"""Maven artifacts, pinned by content: the servers for which there is no wheel.

A line of a `.pins` file has an artifact's SHA-256, its size in bytes, and its path in a Maven repository.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Artifact:
    """A file in a Maven repository."""

    path: str
    sha256: str
    size_bytes: int

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition("/")[2]

    @classmethod
    def parse(cls, line: str) -> Self:
        """Reads a line of a `.pins` file."""
        sha256, size, path = line.split()
        return cls(path, sha256, int(size))

    def matches(self, file: Path) -> bool:
        """Tells whether a file exists with the pinned content."""
        try:
            with file.open("rb") as content:
                return hashlib.file_digest(content, "sha256").hexdigest() == self.sha256
        except FileNotFoundError:
            return False


def pinned(name: str, folder: Path = HERE) -> list[Artifact]:
    """Returns the artifacts of a `.pins` file."""
    lines = (folder / f"{name}.pins").read_text().splitlines()
    return [Artifact.parse(line) for line in lines]
