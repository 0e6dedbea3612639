"""The README's example, in a folder that has nothing of this repository but the wheel."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packages.readme import commands, write_files
from tests.packages.wheels import PACKAGES, Environment, build

README = PACKAGES / "embedded-stack" / "README.md"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that root's PostgreSQL, which runs as another user, can enter."""
    path = Path(tempfile.mkdtemp(prefix="embedded-stack-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def test_readme_example_runs_with_the_wheel_alone(folder: Path) -> None:
    project = folder / "project"
    project.mkdir()
    write_files(README, project)
    environment = Environment.create(folder / "environment")
    environment.install(str(build("embedded-stack", folder / "wheels")))
    (command,) = commands(README)

    done = environment.run(*command.line.split(), cwd=project)

    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip("\n") == command.output
    assert "guestbook" in environment.run("embedded-stack", "up", "nothing", cwd=project).stderr
