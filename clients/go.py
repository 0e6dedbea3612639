"""Go clients by oapi-codegen, from OpenAPI 3.0, and by go-swagger, from Swagger 2.0; checked by go vet."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from clients.language import PINS, STORIES, Command, Documents, Language, Name

FOLDER = PINS / "go"
# Only the installed toolchain, only what go.sum pins, and no version stamp, which needs git.
ENVIRONMENT = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false"}


class Go(Language):
    """A generator that go.mod declares as a tool.

    Args:
        generator: the generator's name.
        story: the file of its story.
    """

    def __init__(self, generator: str, story: str) -> None:
        super().__init__(Name.GO, generator)
        self._story = story

    def install(self, folder: Path) -> None:
        """Makes a module of the story; Go downloads what it needs when it generates."""
        for file in (FOLDER / "go.mod", FOLDER / "go.sum", STORIES / self._story):
            shutil.copy(file, folder)

    def compile(self, folder: Path) -> Sequence[Command]:  # noqa: ARG002 - the commands run there
        """Vets and builds the module."""
        return [_go("vet", "./..."), _go("build", "-o", "story", ".")]

    def play(self, folder: Path) -> Command:
        """Runs the story."""
        return Command([folder / "story"])


class OapiCodegen(Go):
    """oapi-codegen."""

    def __init__(self) -> None:
        super().__init__("oapi-codegen", "oapi_codegen.go")

    def generate(self, documents: Documents, folder: Path) -> Sequence[Command]:
        """Writes the package `shop`."""
        (folder / "shop").mkdir()
        return [
            _go("tool", "oapi-codegen", "-config", FOLDER / "oapi-codegen.yaml", documents.openapi)
        ]


class GoSwagger(Go):
    """go-swagger."""

    def __init__(self) -> None:
        super().__init__("go-swagger", "go_swagger.go")

    def generate(self, documents: Documents, folder: Path) -> Sequence[Command]:
        """Writes the packages `client` and `models`."""
        words = ("generate", "client", "--quiet", "--spec", documents.swagger, "--target", folder)
        return [_go("tool", "swagger", *words)]


def _go(*words: str | Path) -> Command:
    return Command(["go", *words], ENVIRONMENT)
