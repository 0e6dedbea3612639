"""The README's example: a plugin that has nothing of this repository but the wheel."""

from pathlib import Path

from tests.packages.readme import check, commands, write_files
from tests.packages.wheels import PACKAGES, Environment, build

README = PACKAGES / "protoc-plugin-kit" / "README.md"


def test_readme_example_runs_as_a_plugin_of_protoc(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    write_files(README, project)
    environment = Environment.create(tmp_path / "environment")
    environment.install(str(build("protoc-plugin-kit", tmp_path / "wheels")))
    environment.install("grpcio-tools", "googleapis-common-protos")

    for command in commands(README):
        check(environment, command, project)
