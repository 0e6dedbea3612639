"""Several packages share one support module; each registers its own types."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from sqlc_gen_python_tests.integration.project import Project

MODULE = "ondeck_support_module.support"


@pytest.fixture
def packages(generate: Callable[..., Project]) -> tuple[Project, Project]:
    """The package that contains the support module, and one that imports it."""
    return generate("ondeck", support_module=MODULE), generate("booktest", support_module=MODULE)


@pytest.fixture
def connections(packages: tuple[Project, Project]) -> Iterator[list[psycopg.Connection[Any]]]:
    connections = [psycopg.connect(project.url) for project in packages]
    yield connections
    for conn in connections:
        conn.rollback()
        conn.close()


def test_only_the_owner_contains_the_support_module(packages: tuple[Project, Project]) -> None:
    owner, other = packages
    assert "support.py" in owner.texts()
    assert {"support.py", "_support.py"}.isdisjoint(other.texts())
    assert owner.module("venue").Rows is other.module("query").Rows


def test_packages_with_a_shared_module_register_their_own_types(
    packages: tuple[Project, Project], connections: list[psycopg.Connection[Any]]
) -> None:
    ondeck, booktest = packages
    venues, books = (
        project.module("querier").Querier(conn)
        for project, conn in zip(packages, connections, strict=True)
    )
    status = ondeck.module("models").Status.OPEN
    venues.create_city(name="San Francisco", slug="sf")
    venues.create_venue(
        ondeck.module("venue").CreateVenueParams("a", "A", "sf", "uri", status, [status], [])
    )
    kind = booktest.module("models").BookType.FICTION
    author = books.create_author(name="Ann")
    book = books.create_book(
        booktest.module("query").CreateBookParams(
            author.author_id, "1", kind, "B", 2016, "2026-01-01", []
        )
    )

    assert book.book_type is kind
    assert venues.get_venue(slug="a", city="sf").status is status


@pytest.mark.anyio
async def test_querier_of_the_package_runs_the_queries_of_every_file(
    generate: Callable[..., Project],
) -> None:
    project = generate("ondeck")
    async with await psycopg.AsyncConnection.connect(project.url) as conn:
        db = project.module("querier").AsyncQuerier(conn)
        city = await db.create_city(name="San Francisco", slug="sf")
        assert await db.get_city(slug="sf") == city
        assert await db.list_venues(city="sf") == []
        await conn.rollback()
