"""Adapts the sync querier, so that one test covers both queriers."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any


class AwaitedQuerier:
    """A sync querier with the async querier's interface."""

    def __init__(self, querier: Any) -> None:
        self._querier = querier

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = getattr(self._querier, name)(*args, **kwargs)
            return AwaitedRows(result) if type(result).__name__ == "Rows" else _done(result)

        return call


class AwaitedRows:
    """Sync rows with the interface of async rows."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def __await__(self) -> Generator[Any, Any, Any]:
        return _done(self._rows.all()).__await__()

    def __aiter__(self) -> AsyncIterator[Any]:
        return _iterate(self._rows)

    def stream(self) -> AsyncIterator[Any]:
        return _iterate(self._rows.stream())


async def _done(result: Any) -> Any:
    return result


async def _iterate(rows: Iterator[Any]) -> AsyncIterator[Any]:
    for row in rows:
        yield row
