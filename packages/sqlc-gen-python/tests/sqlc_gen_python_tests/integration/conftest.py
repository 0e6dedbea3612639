"""Packages generated from the SQL in the subfolders, on a real PostgreSQL."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sqlc_gen_python_tests.integration.awaited import AwaitedQuerier
from sqlc_gen_python_tests.integration.project import Project


@pytest.fixture(scope="session")
def server_url(postgres: Any) -> str:
    """The URL of a superuser on a real PostgreSQL server.

    This fixture is all that these tests take from the repository around the package.
    """
    url: str = postgres.endpoints.superuser_database_url
    return url


@pytest.fixture(scope="session")
def generate(
    server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Project]]:
    """Generates a package from a subfolder, creates its database and makes it importable."""
    root = tmp_path_factory.mktemp("generated")
    sys.path.insert(0, str(root))
    projects: dict[str, Project] = {}

    def project(name: str, **options: Any) -> Project:
        package = "_".join([name, *options])
        if package not in projects:
            made = Project(Path(__file__).parent / name, root / package, options)
            made.generate()
            made.create_database(server_url)
            projects[package] = made
        return projects[package]

    yield project
    sys.path.remove(str(root))


@pytest.fixture(scope="session")
def catalogue(generate: Callable[..., Project]) -> Project:
    """The package that covers all types, names, texts and commands."""
    return generate("catalogue")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["sync", "async"])
async def querier(
    request: pytest.FixtureRequest, catalogue: Project, anyio_backend: str
) -> AsyncIterator[Callable[[str], Any]]:
    """Creates queriers of the catalogue's modules, sync or async, in a transaction that is rolled back."""
    if request.param == "sync":
        with psycopg.connect(catalogue.url) as conn:
            yield lambda module: AwaitedQuerier(catalogue.module(module).Querier(conn))
            conn.rollback()
    else:
        async with await psycopg.AsyncConnection.connect(catalogue.url) as async_conn:
            yield lambda module: catalogue.module(module).AsyncQuerier(async_conn)
            await async_conn.rollback()
