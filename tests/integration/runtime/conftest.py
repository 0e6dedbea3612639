"""A service's own database, made for one test."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from embedded_stack._plan.migrations import migrate
from embedded_stack.testing import Running


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
            endpoints = replace(postgres.endpoints, payments_owner_database_url=url)
            [command] = [each for each in migrate(endpoints) if each.name == "migrate-payments"]
            subprocess.run(
                command.arguments,
                cwd=command.folder,
                env=dict(command.environment),
                check=True,
                capture_output=True,
            )
            yield url
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
