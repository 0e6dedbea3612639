"""The real PostgreSQL, Kafka and registry, and the whole system on them, once per test session."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_stack._plan.migrations import migrate
from embedded_stack._plan.settings import Part, Settings
from embedded_stack.testing import FREE_PORTS, Running, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Running]:
    """A stack of which only PostgreSQL runs; `endpoints` has the servers' addresses.

    All tests share it, so a test uses databases of its own.
    """
    # Not pytest's own temporary folder: root's PostgreSQL, another user, may not enter that.
    folder = Path(tempfile.mkdtemp(prefix="stack-"))
    try:
        settings = Settings(folder=folder, ports=FREE_PORTS)
        with running(settings, Part.POSTGRES) as stack:
            yield stack
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(postgres: Running) -> Running:
    """The stack of `postgres` with the services' migrated databases; the services don't run."""
    for command in migrate(postgres.endpoints):
        environment = {**os.environ, **command.environment}
        subprocess.run(
            command.arguments, cwd=command.folder, env=environment, check=True, capture_output=True
        )
    return postgres


@pytest.fixture(scope="session")
def infrastructure(postgres: Running) -> Running:
    """The stack of `postgres` with Kafka and the registry.

    All tests share it, so a test uses databases, topics and subjects of its own, or `system`.
    """
    postgres.start(Part.KAFKA, Part.REGISTRY)
    return postgres


@pytest.fixture(scope="session")
def system(infrastructure: Running) -> Running:
    """The infrastructure with migrated databases, registered schemas and the three services.

    A test may kill parts; it restarts them before it ends, for the tests after it.
    """
    infrastructure.start(Part.ORDERS, Part.PAYMENTS, Part.GATEWAY)
    return infrastructure


@pytest.fixture(scope="session")
def gateway_url(system: Running) -> str:
    """The base of the running system's REST API."""
    return system.endpoints.gateway_url
