"""Reads a large table page by page, sorted by a key."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar
from uuid import UUID

PAGE_SIZE = 2000
"""The maximum number of rows per query. A few pages are in memory at once."""
FIRST = UUID(int=0)
"""Lower than every id."""

Row = TypeVar("Row")
Key = TypeVar("Key")


async def pages(
    read: Callable[[Key], Awaitable[list[Row]]], after: Key, key: Callable[[Row], Key]
) -> AsyncIterator[Row]:
    """Yields all rows after a key.

    Args:
        read: Returns the page of rows after a key, sorted by key; no rows after the last page.
        after: The key before the first row.
        key: Returns the key of a row.
    """
    while rows := await read(after):
        for row in rows:
            yield row
        after = key(rows[-1])
