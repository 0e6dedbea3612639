"""The README's example, in a folder that has nothing of this repository but the wheels."""

import time
from pathlib import Path

import httpx
import pytest

from embedded_stack.testing import free_ports
from tests.packages.readme import check, commands, write_files
from tests.packages.wheels import PACKAGES, ROOT, SECONDS_MAX, Environment, build

README = PACKAGES / "grpc-gateway-python" / "README.md"
BELOW = ("protoc-plugin-kit", "rpc-contract")
"""The packages of this repository that the gateway needs."""
START_SECONDS_MAX = 60


@pytest.mark.timeout(SECONDS_MAX)
def test_readme_example_generates_and_serves_rest_with_the_wheels_alone(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    for name in BELOW:
        build(name, wheels)
    wheel = build("grpc-gateway-python", wheels)
    environment = Environment.create(tmp_path / "environment", tools=[ROOT / ".tools"])
    environment.install(str(wheel), "grpcio-tools", "buf-bin", wheels=wheels)
    project = tmp_path / "project"
    project.mkdir()
    names = write_files(README, project)
    backend_port, rest_port = free_ports(2)
    for name in names:
        text = (project / name).read_text()
        text = text.replace(":50051", f":{backend_port}").replace(":8080", f":{rest_port}")
        (project / name).write_text(text)

    for command in commands(README):
        check(environment, command, project)

    installed = environment.run("python", "-c", LIST, cwd=project).stdout.split()
    assert not {"confluent-kafka", "psycopg", "shop"} & set(installed)
    with (
        environment.running("python", "server.py", cwd=project, PYTHONPATH="gen"),
        environment.running("python", "rest.py", cwd=project, PYTHONPATH="gen"),
    ):
        url = f"http://127.0.0.1:{rest_port}/v1/shelves/1/books/2"
        assert _get(url).json() == {"name": "shelves/1/books/2", "title": "Moby-Dick"}


LIST = (
    "from importlib.metadata import distributions;"
    "print(*(found.metadata['Name'].lower() for found in distributions()))"
)


def _get(url: str) -> httpx.Response:
    """Returns the first response of the gateway that isn't 503."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            response = httpx.get(url)
        except httpx.ConnectError:
            response = httpx.Response(503)
        if response.status_code != 503 or time.monotonic() > deadline:
            return response
        time.sleep(0.1)
