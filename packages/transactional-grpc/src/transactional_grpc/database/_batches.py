"""The batch forms of a service's queries, as sqlc-gen-python generates them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

from psycopg import AsyncConnection, AsyncRawCursor

A_contra = TypeVar("A_contra", contravariant=True)


@runtime_checkable
class InsertBatch(Protocol[A_contra]):
    """The batch form of an INSERT, which takes its rows as one array in JSON."""

    sql: Any
    has_returning: bool
    """Whether the statement returns a row for each row that it inserts."""

    def row(self, arg: A_contra, /) -> str:
        """Returns an argument as an element of the array."""
        ...

    async def run_async(
        self, conn: AsyncConnection[Any], args: Iterable[A_contra], /
    ) -> AsyncRawCursor[Any] | None:
        """Inserts the rows of all arguments; without arguments it returns None."""
        ...


@runtime_checkable
class LookupBatch(Protocol):
    """The batch form of a SELECT by key."""

    async def fetch_async(self, conn: AsyncConnection[Any], args: Iterable[Any], /) -> list[Any]:
        """Returns the row of each key, or None."""
        ...


def inserts_of(queries: Callable[..., Any]) -> Mapping[str, InsertBatch[Any]]:
    """Returns the INSERTs of a class of queries that have a batch form and return no rows, by the names of their methods."""
    return {
        name: found
        for name, found in _batches(queries)
        if isinstance(found, InsertBatch) and not found.has_returning
    }


def lookups_of(queries: Callable[..., Any]) -> Mapping[str, LookupBatch]:
    """Returns the SELECTs by key of a class of queries that have a batch form, by the names of their methods."""
    return {name: found for name, found in _batches(queries) if isinstance(found, LookupBatch)}


def _batches(queries: Callable[..., Any]) -> Sequence[tuple[str, object]]:
    return [(name, getattr(getattr(queries, name), "batch", None)) for name in dir(queries)]
