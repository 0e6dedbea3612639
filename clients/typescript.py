"""TypeScript clients by openapi-typescript and openapi-fetch, checked by tsc."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from clients.language import PINS, STORIES, Command, Documents, Language, Name
from toolchain import node

FOLDER = PINS / "typescript"


class TypeScript(Language):
    """openapi-typescript with the pinned Node, which runs TypeScript without a build."""

    def __init__(self) -> None:
        super().__init__(Name.TYPESCRIPT, "openapi-typescript")

    def install(self, folder: Path) -> None:
        """Installs the npm packages, where the story finds them."""
        (folder / "node_modules").symlink_to(node.install(FOLDER) / "node_modules")
        for file in (FOLDER / "package.json", FOLDER / "tsconfig.json", STORIES / "story.ts"):
            shutil.copy(file, folder)

    def generate(self, documents: Documents, folder: Path) -> Sequence[Command]:
        """Writes the types of paths and schemas."""
        return [_run(self.generator, documents.openapi, "--output", folder / "shop_client.ts")]

    def compile(self, folder: Path) -> Sequence[Command]:
        """Checks the types and the story, as strictly as tsconfig.json says."""
        return [_run("tsc", "--project", folder)]

    def play(self, folder: Path) -> Command:
        """Runs the story."""
        return Command(["node", folder / "story.ts"], node.environment())


def _run(program: str, *words: str | Path) -> Command:
    return Command(["node", f"node_modules/.bin/{program}", *words], node.environment())
