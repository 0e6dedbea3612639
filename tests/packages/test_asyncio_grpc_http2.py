"""The README's example, in a folder that has nothing of this repository but the wheel."""

from pathlib import Path

from tests.packages.readme import commands, write_files
from tests.packages.wheels import PACKAGES, Environment, build

README = PACKAGES / "asyncio-grpc-http2" / "README.md"


def test_readme_example_serves_and_calls_without_grpcio(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    write_files(README, project)
    environment = Environment.create(tmp_path / "environment")
    environment.install(str(build("asyncio-grpc-http2", tmp_path / "wheels")))

    for command in commands(README):
        done = environment.run("sh", "-c", command.line, cwd=project)
        assert done.returncode == 0, f"{command.line}\n{done.stderr}"
        assert done.stdout.rstrip("\n") == command.output
