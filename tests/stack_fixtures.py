"""The real PostgreSQL, Kafka and registry, and the whole system on them, once per test session."""

from collections.abc import Iterator

import pytest

from embedded_stack.servers import KAFKA, POSTGRES, REGISTRY
from embedded_stack.testing import Running, running
from tests.shop_topology import TOPOLOGY

LIMITS = (
    "GATEWAY_REQUESTS_AT_ONCE_PER_CALLER",
    "GATEWAY_REQUESTS_AT_ONCE_PER_PEER",
    "GATEWAY_REQUESTS_PER_SECOND_PER_CALLER",
    "GATEWAY_REQUESTS_PER_SECOND_PER_PEER",
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Running]:
    """A stack of which only PostgreSQL runs; `endpoints` has the servers' addresses.

    All tests share it, so a test uses databases of its own. Its gateway trusts a proxy on 127.0.0.1.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATEWAY_TRUSTED_PROXIES", "127.0.0.1")
        with running(TOPOLOGY, POSTGRES) as stack:
            yield stack


@pytest.fixture(scope="session")
def migrated(postgres: Running) -> Running:
    """The stack of `postgres` with the services' migrated databases; the services don't run."""
    postgres.migrate()
    return postgres


@pytest.fixture(scope="session")
def infrastructure(postgres: Running) -> Running:
    """The stack of `postgres` with Kafka and the registry.

    All tests share it, so a test uses databases, topics and subjects of its own, or `system`.
    """
    postgres.start(KAFKA, REGISTRY)
    return postgres


@pytest.fixture(scope="session")
def system(infrastructure: Running) -> Running:
    """The infrastructure with migrated databases, registered schemas and the three services.

    A test may kill parts; it restarts them before it ends, for the tests after it.
    """
    infrastructure.start(*TOPOLOGY.services)
    return infrastructure


@pytest.fixture(scope="session")
def gateway_url(system: Running) -> str:
    """The base of the running system's REST API."""
    return system.endpoints.url("gateway")


@pytest.fixture(scope="session")
def guarded_system() -> Iterator[Running]:
    """The whole system with access control, on servers of its own; its limits per caller don't disturb tests."""
    with pytest.MonkeyPatch.context() as patch:
        for limit in LIMITS:
            patch.setenv(limit, "100000")
        with running(TOPOLOGY, "gateway", auth=True) as stack:
            yield stack
