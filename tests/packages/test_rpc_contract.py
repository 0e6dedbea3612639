"""The README's example, in a folder that has nothing of this repository but the wheels."""

from pathlib import Path

from tests.packages.readme import check, commands, write_files
from tests.packages.wheels import PACKAGES, Environment, build

README = PACKAGES / "rpc-contract" / "README.md"


def test_readme_example_generates_errors_that_a_handler_raises(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    write_files(README, project)
    environment = Environment.create(tmp_path / "environment")
    wheel = build("rpc-contract", tmp_path / "wheels")
    environment.install(str(wheel), wheels=wheel.parent)
    environment.install("grpcio-tools")

    for command in commands(README):
        check(environment, command, project)
