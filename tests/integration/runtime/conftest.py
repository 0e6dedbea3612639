"""A service's own database, made for one test."""

from collections.abc import Iterator

import pytest

from embedded_stack.testing import Running, migrate_database
from tests.empty_database import empty_database
from tests.shop_topology import TOPOLOGY


@pytest.fixture
def orders_url(postgres: Running) -> Iterator[str]:
    """An orders database without rows; the role is the superuser."""
    with empty_database(postgres.endpoints.superuser_database_url, "orders") as url:
        migrate_database(TOPOLOGY, "orders", url)
        yield url


@pytest.fixture
def payments_url(postgres: Running) -> Iterator[str]:
    """A payments database without rows; the role is the superuser."""
    with empty_database(postgres.endpoints.superuser_database_url, "payments") as url:
        migrate_database(TOPOLOGY, "payments", url)
        yield url
