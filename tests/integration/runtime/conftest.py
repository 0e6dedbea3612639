"""A service's own database, made for one test."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from embedded_stack.testing import Running, migrate_schema
from tests.shop_topology import TOPOLOGY


@pytest.fixture
def payments_url(postgres: Running) -> Iterator[str]:
    """An empty payments database; the role is the superuser."""
    server = postgres.endpoints.superuser_database_url
    name = f"payments_{uuid4().hex}"
    there = conninfo_to_dict(server)
    url = f"postgresql://{there['user']}:{there['password']}@{there['host']}:{there['port']}/{name}?sslmode=disable"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            migrate_schema(TOPOLOGY, "payments", url)
            yield url
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
