"""The README's example, in a folder that has nothing of this repository but the wheel."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_stack.testing import Running
from tests.empty_database import empty_database
from tests.packages.readme import check, commands, write_files
from tests.packages.wheels import PACKAGES, SCRIPTS, Environment, build

README = PACKAGES / "sqlc-gen-python" / "README.md"


@pytest.fixture
def sqlc(tmp_path: Path) -> Path:
    """A folder that contains sqlc, but not the development environment's plugin."""
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "sqlc").symlink_to(SCRIPTS / "sqlc")
    return folder


@pytest.fixture
def database_url(postgres: Running) -> Iterator[str]:
    """The URL of an empty database."""
    with empty_database(postgres.endpoints.superuser_database_url, "sqlc_gen_python") as url:
        yield url


def test_readme_example_generates_with_the_wheel_and_runs_with_psycopg_alone(
    tmp_path: Path, sqlc: Path, database_url: str
) -> None:
    """The plugin's environment has no psycopg, and psycopg's has no plugin."""
    project = tmp_path / "project"
    project.mkdir()
    given = write_files(README, project)
    generating = Environment.create(tmp_path / "generating", tools=[sqlc])
    generating.install(str(build("sqlc-gen-python", tmp_path / "wheels")))
    running = Environment.create(tmp_path / "running")
    running.install("psycopg[binary]")
    shown = list(commands(README))
    assert {command.line.split()[0] for command in shown} == {"sqlc", "python"}

    for command in shown:
        environment = generating if command.line.startswith("sqlc") else running
        check(environment, command, project, DATABASE_URL=database_url)

    generated = [path for path in project.rglob("*.py") if path.name not in given]
    assert _third_party(generated) == {"psycopg"}


def test_verify_without_its_extra_names_the_extra(tmp_path: Path, sqlc: Path) -> None:
    environment = Environment.create(tmp_path / "environment", tools=[sqlc])
    environment.install(str(build("sqlc-gen-python", tmp_path / "wheels")))
    done = environment.run("sqlc-gen-python", "verify", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "sqlc-gen-python: verify needs psycopg: pip install 'sqlc-gen-python[verify]'\n"
    )


def _third_party(paths: list[Path]) -> set[str]:
    """The packages that the files import, without the standard library and their own."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(str(node.module).partition(".")[0])
    return found.difference(sys.stdlib_module_names)
