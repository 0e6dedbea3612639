"""A language and its generator, as the command needs them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from toolchain.places import ROOT

PINS = Path(__file__).parent / "generators"
"""The pinned generators, compilers and libraries, a folder per ecosystem."""
STORIES = ROOT / "examples"


class Name(StrEnum):
    """A language; several generators may share it."""

    PYTHON = "python"
    TYPESCRIPT = "typescript"
    GO = "go"
    JAVA = "java"
    KOTLIN = "kotlin"


@dataclass(frozen=True)
class Documents:
    """The documents of a running system, as files."""

    openapi: Path
    """OpenAPI 3.0."""
    swagger: Path
    """Swagger 2.0."""


@dataclass(frozen=True)
class Command:
    """A command that runs in the build folder of a client."""

    words: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beside those of the caller."""


class Language(ABC):
    """A generator and the language of its clients. Its methods are called in the order in which they stand here.

    Args:
        name: the name of the language.
        generator: the generator's own name.
    """

    def __init__(self, name: Name, generator: str) -> None:
        self.name = name
        self.generator = generator

    @abstractmethod
    def install(self, folder: Path) -> None:
        """Installs the pinned tools, and puts all but the generated code into the build folder.

        Raises:
            StackError: a pinned jar can't be downloaded.
            subprocess.SubprocessError: a package manager failed or took too long.
        """

    @abstractmethod
    def generate(self, documents: Documents, folder: Path) -> Sequence[Command]:
        """Returns the commands that write the client into the build folder."""

    @abstractmethod
    def compile(self, folder: Path) -> Sequence[Command]:
        """Returns the commands that check the client and the story, as strictly as the language can."""

    @abstractmethod
    def play(self, folder: Path) -> Command:
        """Returns the command of the story; the caller appends the URL, the user's id and the token."""
