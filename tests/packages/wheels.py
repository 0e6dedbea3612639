"""Builds the wheels of `packages/` and installs them into environments of their own."""

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "packages"
SCRIPTS = Path(sysconfig.get_path("scripts"))
SECONDS_MAX = 300
STOP_SECONDS_MAX = 30
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
VERSIONS = (
    ("--resolution", "lowest-direct")
    if os.environ.get("WHEEL_DEPENDENCIES") == "lowest"
    else ("--constraint", str(ROOT / "requirements.lock"))
)
"""The versions that are installed: those of the lock, or the lowest that a package declares."""
_NAME = re.compile(r"^[\w-]+", re.MULTILINE)


def build(name: str, folder: Path) -> Path:
    """Builds the wheels of a package and of the packages of this repository that it needs.

    Building needs no network, because hatchling is installed.

    Returns:
        The path of the package's wheel.
    """
    project = tomllib.loads((PACKAGES / name / "pyproject.toml").read_text())["project"]
    for sibling in _NAME.findall("\n".join(project.get("dependencies", []))):
        if (PACKAGES / sibling).is_dir() and not _wheels(sibling, folder):
            build(sibling, folder)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    _run(command, cwd=PACKAGES / name)
    (wheel,) = _wheels(name, folder)
    return wheel


def _wheels(name: str, folder: Path) -> list[Path]:
    return list(folder.glob(f"{name.replace('-', '_')}-*.whl"))


@dataclass(frozen=True)
class Environment:
    """A virtual environment that has nothing of this repository but what is installed into it."""

    folder: Path
    tools: Sequence[Path] = ()
    """Folders with programs that are no Python packages, such as sqlc."""

    @classmethod
    def create(cls, folder: Path, tools: Sequence[Path] = ()) -> "Environment":
        """Creates an empty environment of the Python version that runs the tests."""
        _run([str(SCRIPTS / "uv"), "venv", "--quiet", "--python", sys.executable, str(folder)])
        return cls(folder, tools)

    def install(self, *arguments: str, wheels: Path | None = None) -> None:
        """Installs requirements in the versions of `VERSIONS`.

        Args:
            *arguments: Requirements, or options of `uv pip install` such as `--group`.
            wheels: The folder with the wheels of this repository's packages.
        """
        command = [str(SCRIPTS / "uv"), "pip", "install", "--quiet", "--python", str(self.folder)]
        command += VERSIONS
        command += ["--find-links", str(wheels)] if wheels else []
        _run([*command, *arguments])

    def run(
        self, *command: str, cwd: Path, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Runs a program with the environment's scripts on the `PATH`; it may fail."""
        return subprocess.run(
            command,
            cwd=cwd,
            env=self._variables(environment),
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )

    @contextmanager
    def running(self, *command: str, cwd: Path, **environment: str) -> Iterator[None]:
        """Runs a server, and stops it at the end of the block."""
        program = self.folder / "bin" / command[0]
        variables = self._variables(environment)
        with subprocess.Popen([program, *command[1:]], cwd=cwd, env=variables) as process:
            try:
                yield
            finally:
                process.terminate()
                process.wait(timeout=STOP_SECONDS_MAX)

    def _variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        path = os.pathsep.join([str(self.folder / "bin"), *map(str, self.tools), SYSTEM_PATH])
        return {"PATH": path, "HOME": str(self.folder), **environment}


def _run(command: Sequence[str], cwd: Path = ROOT) -> None:
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
