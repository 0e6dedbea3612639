"""Lets one test drive both queriers."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any


class AwaitedQuerier:
    """A sync querier whose methods are awaited like the async one's."""

    def __init__(self, querier: Any) -> None:
        self._querier = querier

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = getattr(self._querier, name)(*args, **kwargs)
            return AwaitedRows(result) if type(result).__name__ == "Rows" else _done(result)

        return call


class AwaitedRows:
    """Sync rows that are awaited and iterated like async ones."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def __await__(self) -> Generator[Any, Any, Any]:
        return _done(self._rows.all()).__await__()

    def __aiter__(self) -> AsyncIterator[Any]:
        return _each(self._rows)

    def stream(self) -> AsyncIterator[Any]:
        return _each(self._rows.stream())


async def _done(result: Any) -> Any:
    return result


async def _each(rows: Iterator[Any]) -> AsyncIterator[Any]:
    for row in rows:
        yield row
