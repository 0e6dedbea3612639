"""The roles of the services have the privileges that their queries need, and no others."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import psycopg
import pytest

import transactional_events.db
import transactional_grpc.db
from embedded_stack._servers.passwords import service_role
from embedded_stack.testing import Running
from tests.contract.sql.privileges import ANY, Analyst, Privilege, granted
from tests.shop_topology import TOPOLOGY

LIBRARIES = (transactional_events.db, transactional_grpc.db)
EARLIER_VERSIONS = {Privilege("bucket_publishers", verb) for verb in ("SELECT", "INSERT", "UPDATE")}
"""Privileges that no query of this version needs, but those of a version that may run beside it."""


def statements(package: ModuleType) -> Iterator[str]:
    """Yields the queries of a generated package, with their batch forms."""
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        for value in vars(module).values():
            sql = value if isinstance(value, str) else getattr(value, "sql", "")
            if sql.startswith("-- name: ") and " :exec\nLISTEN" not in sql:
                yield sql


def surplus(needed: set[Privilege], has: set[Privilege]) -> set[Privilege]:
    """Returns the privileges of `has` that are not needed."""
    columns = {(need.table, need.verb) for need in needed if need.column is not None}
    return {
        privilege
        for privilege in has - needed - EARLIER_VERSIONS
        # UPDATE of a whole table, where some column is needed, is what libraries grant.
        if privilege.column is not None or (privilege.table, privilege.verb) not in columns
    }


def missing(needed: set[Privilege], has: set[Privilege]) -> set[Privilege]:
    """Returns the privileges that are needed, and not in `has`."""
    return {
        need
        for need in needed - has
        if Privilege(need.table, need.verb) not in has
        and not (
            need.column == ANY
            and any((other.table, other.verb) == (need.table, need.verb) for other in has)
        )
    }


@pytest.mark.parametrize("service", TOPOLOGY.databases)
def test_a_service_has_the_privileges_that_its_queries_need_and_no_others(
    migrated: Running, service: str
) -> None:
    url = migrated.endpoints.owner_database_url(service)
    with psycopg.connect(url, autocommit=True) as connection:
        has = granted(connection, service_role(service))
        analyst = Analyst(connection)
        own = importlib.import_module(f"shop.{service}.db")
        queries = [sql for package in (own, *LIBRARIES) for sql in statements(package)]
        needed = {privilege for sql in queries for privilege in analyst.needs(sql)}

    assert len(queries) > 20
    assert (missing(needed, has), surplus(needed, has)) == (set(), set())
