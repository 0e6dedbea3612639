"""The README's example, in a folder that has nothing of this repository but the wheels."""

from pathlib import Path

from tests.packages.readme import check, commands, write_files
from tests.packages.wheels import PACKAGES, Environment, build

README = PACKAGES / "rpc-access" / "README.md"


def test_readme_example_checks_scopes_and_owners(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    write_files(README, project)
    environment = Environment.create(tmp_path / "environment")
    wheel = build("rpc-access", tmp_path / "wheels")
    environment.install(str(wheel), wheels=wheel.parent)

    for command in commands(README):
        check(environment, command, project)
