"""The real PostgreSQL, Kafka and registry, and the whole system on them, once per test session."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_stack._plan.settings import Part, Settings
from embedded_stack.testing import FREE_PORTS, Running, running


@pytest.fixture(scope="session")
def infrastructure() -> Iterator[Running]:
    """PostgreSQL, Kafka and the registry; its `endpoints` tell where they are.

    All tests share it, so each makes databases, topics and subjects of its own, or asks for
    `system`.
    """
    # Not pytest's own temporary folder: root's PostgreSQL, another user, may not enter that.
    folder = Path(tempfile.mkdtemp(prefix="stack-"))
    try:
        settings = Settings(folder=folder, ports=FREE_PORTS)
        with running(settings, Part.POSTGRES, Part.KAFKA, Part.REGISTRY) as stack:
            yield stack
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
