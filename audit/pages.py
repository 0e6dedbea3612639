"""Rows of a large table in the order of their key, a page at a time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar
from uuid import UUID

PAGE_SIZE = 2000
"""Rows that a query returns at most; a few pages are in memory at once."""
FIRST = UUID(int=0)
"""Lower than every id."""

Row = TypeVar("Row")
Key = TypeVar("Key")


async def pages(
    read: Callable[[Key], Awaitable[list[Row]]], after: Key, key: Callable[[Row], Key]
) -> AsyncIterator[Row]:
    """Yields all rows after a key; `read` returns the page after one."""
    while rows := await read(after):
        for row in rows:
            yield row
        after = key(rows[-1])
