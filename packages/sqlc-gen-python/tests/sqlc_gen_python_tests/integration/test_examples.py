"""The examples of sqlc, used as with the upstream plugin."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from sqlc_gen_python_tests.integration.project import Project


@pytest.fixture
def connect(generate: Callable[..., Project]) -> Iterator[Callable[..., tuple[Project, Any]]]:
    """Generates an example and connects to its database; rolls the test's transaction back."""
    connections: list[psycopg.Connection[Any]] = []

    def connected(name: str, **options: Any) -> tuple[Project, Any]:
        project = generate(name, **options)
        connections.append(psycopg.connect(project.url))
        return project, connections[-1]

    yield connected
    for conn in connections:
        conn.rollback()
        conn.close()


def test_authors(connect: Callable[..., Any]) -> None:
    project, conn = connect("authors")
    db = project.module("query").Querier(conn)

    author = db.create_author(name="Brian Kernighan", bio="Co-author of The C Programming Language")

    assert author == project.module("models").Author(author.id, author.name, author.bio)
    assert db.get_author(id=author.id) == author
    assert list(db.list_authors()) == [author]
    db.delete_author(id=author.id)
    assert db.get_author(id=author.id) is None


@pytest.mark.anyio
async def test_authors_async(generate: Callable[..., Project]) -> None:
    project = generate("authors")
    async with await psycopg.AsyncConnection.connect(project.url) as conn:
        db = project.module("query").AsyncQuerier(conn)
        author = await db.create_author(name="Ada", bio=None)
        assert [found async for found in db.list_authors()] == [author]
        assert await db.list_authors() == [author]
        await conn.rollback()


@pytest.mark.parametrize("options", [{}, {"emit_pydantic_models": True}], ids=str)
def test_booktest(connect: Callable[..., Any], options: dict[str, bool]) -> None:
    project, conn = connect("booktest", **options)
    query, models = project.module("query"), project.module("models")
    db = query.Querier(conn)
    author = db.create_author(name="Unknown Master")
    params = query.CreateBookParams(
        author_id=author.author_id,
        isbn="1",
        book_type=models.BookType.FICTION,
        title="my book title",
        year=2016,
        available=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        tags=["cool", "other"],
    )

    book = db.create_book(params)

    assert book.book_type is models.BookType.FICTION
    db.update_book(
        title="new", tags=["x"], book_type=models.BookType.NONFICTION, book_id=book.book_id
    )
    db.update_book_isbn(title="newer", tags=["y"], book_id=book.book_id, isbn="NEW")
    assert [b.book_type for b in db.books_by_title_year(title="newer", year=2016)] == ["NONFICTION"]
    assert list(db.books_by_tags(dollar_1=["y", "z"])) == [
        query.BooksByTagsRow(
            book_id=book.book_id, title="newer", name=author.name, isbn="NEW", tags=["y"]
        )
    ]
    db.delete_book(book_id=book.book_id)
    assert db.get_book(book_id=book.book_id) is None


def test_ondeck(connect: Callable[..., Any]) -> None:
    project, conn = connect("ondeck", emit_str_enum=True)
    city_module, venue, models = (project.module(name) for name in ("city", "venue", "models"))
    cities, venues = city_module.Querier(conn), venue.Querier(conn)

    city = cities.create_city(name="San Francisco", slug="san-francisco")
    number = venues.create_venue(
        venue.CreateVenueParams(
            slug="the-fillmore",
            name="The Fillmore",
            city=city.slug,
            spotify_playlist="spotify:uri",
            status=models.Status.OPEN,
            statuses=[models.Status.OPEN, models.Status.CLOSED],
            tags=["rock", "punk"],
        )
    )

    found = venues.get_venue(slug="the-fillmore", city=city.slug)
    assert (found.id, found.status) == (number, "op!en")
    assert found.statuses == [models.Status.OPEN, models.Status.CLOSED]
    assert list(venues.list_venues(city=city.slug)) == [found]
    assert venues.update_venue_name(slug=found.slug, name="Fillmore") == number
    assert list(venues.venue_count_by_city()) == [venue.VenueCountByCityRow(city.slug, 1)]
    cities.update_city_name(slug=city.slug, name="SF")
    assert cities.get_city(slug=city.slug).name == "SF"
    assert models.Venue.__doc__ == "Venues are places where music happens"
    venues.delete_venue(slug="the-fillmore")
    assert venues.get_venue(slug="the-fillmore", city=city.slug) is None


def test_jets(connect: Callable[..., Any]) -> None:
    project, conn = connect("jets")
    db = project.module("query_building").Querier(conn)
    db.add_pilot(id=1, name="Ace")
    assert (db.count_pilots(), list(db.list_pilots())) == (
        1,
        [project.module("models").Pilot(1, "Ace")],
    )
    db.delete_pilot(id=1)
    assert db.count_pilots() == 0
