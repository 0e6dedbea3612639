"""Python clients by openapi-python-client, checked by mypy."""

import os
from collections.abc import Sequence
from pathlib import Path

from clients.language import PINS, STORIES, Command, Documents, Language, Name
from toolchain import venv
from toolchain.places import ROOT

PACKAGE = "shop_client"
ENVIRONMENT = ROOT / ".tools" / "python-client"
STORY = STORIES / "story.py"


class Python(Language):
    """openapi-python-client in a virtual environment of its own, because it needs another typer than this project."""

    def __init__(self) -> None:
        super().__init__(Name.PYTHON, "openapi-python-client")
        self._bin = ENVIRONMENT / "bin"

    def install(self, folder: Path) -> None:  # noqa: ARG002 - all of it is in the environment
        """Makes the virtual environment."""
        venv.install(PINS / "python" / "requirements.lock", ENVIRONMENT)

    def generate(self, documents: Documents, folder: Path) -> Sequence[Command]:
        """Writes the package."""
        words = ("generate", "--path", documents.openapi, "--output-path", folder / PACKAGE)
        options = (
            "--meta",
            "none",
            "--config",
            PINS / "python" / "config.yaml",
            "--fail-on-warning",
        )
        return [Command([self._bin / self.generator, *words, *options])]

    def compile(self, folder: Path) -> Sequence[Command]:  # noqa: ARG002 - the command runs there
        """Checks the package and the story."""
        return [Command([self._bin / "mypy", "--strict", PACKAGE, STORY])]

    def play(self, folder: Path) -> Command:
        """Runs the story with the package."""
        return Command([self._bin / "python", STORY], {"PYTHONPATH": os.fspath(folder)})
