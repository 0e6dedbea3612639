"""A small checkout around the real `justw`: few packages, from the real lock and uv's real cache."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STACK = "packages/embedded-stack/src/embedded_stack"
COPIED = (
    *("justw", "bootstrap.lock"),
    *(str(file.relative_to(ROOT)) for file in (ROOT / "bootstrap").glob("*.py")),
    *(f"{STACK}/{name}.py" for name in ("__init__", "environment", "listeners", "servers")),
)
PACKAGES = (
    *("rust-just", "hatchling", "editables"),
    *("packaging", "pathspec", "pluggy", "trove-classifiers"),  # hatchling needs these
)
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "small"
version = "1"
[tool.hatch.build]
include = ["small.py"]
dev-mode-dirs = ["."]
"""
JUSTFILE = """
# Prints the folders of Python and of the project.
where:
    @python -c 'import small, sys; print(sys.prefix, small.__file__)'
"""
INSTALLING = "justw: 1/2 tools: installing what is pinned into .venv (first run: about a minute)\n"
SECONDS_MAX = 60


@dataclass(frozen=True)
class Checkout:
    """A folder with `justw` in it."""

    folder: Path
    environment: dict[str, str]

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    @property
    def where(self) -> str:
        """The recipe's output if Python and the project are those of this folder."""
        return f"{self.venv} {self.folder / 'small.py'}\n"

    def at(self, name: str) -> "Checkout":
        """The checkout under another name."""
        return replace(self, folder=self.folder.with_name(name))

    def open(self, *, with_uv: bool = True) -> "subprocess.Popen[str]":
        """Starts a recipe in a process group of its own, as a shell in a terminal does."""
        path = self.environment["PATH"] if with_uv else os.defpath
        return subprocess.Popen(
            (sys.executable, "-I", self.folder / "justw", "where"),
            env={**self.environment, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def run(self) -> str:
        """Runs the recipe, which must find Python and the project in this folder; returns standard error."""
        output, errors = self.open().communicate(timeout=SECONDS_MAX)
        assert output == self.where, errors
        return errors


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "checkout"
    for name in COPIED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "justfile").write_text(JUSTFILE)
    (folder / "small.py").touch()
    (folder / "requirements.lock").write_text("".join(map(_pinned, PACKAGES)))
    # The project's uv, because the caller's PATH may have none.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    return Checkout(folder, {**os.environ, "PATH": path})


def _pinned(package: str) -> str:
    """Returns the lines of a package in the real lock."""
    lock = (ROOT / "requirements.lock").read_text()
    (lines,) = re.findall(rf"^{package}==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    return str(lines)
