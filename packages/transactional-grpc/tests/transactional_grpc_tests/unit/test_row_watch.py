"""Many watchers of rows, and the one query that they share."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from transactional_grpc.database import RowWatch, Transaction
from transactional_grpc_tests.unit.echo import NoDatabase

pytestmark = pytest.mark.anyio
INTERVAL_SECONDS = 0.01
SECONDS_MAX = 10.0
NEWCOMERS_MAX = 10


class Rows:
    """Rows by key, and the queries that read them."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.queries: list[list[str]] = []
        self.queried = asyncio.Event()
        self.failure: Exception | None = None
        self.watch: RowWatch[None, str, int] = RowWatch(
            self._read, interval_seconds=INTERVAL_SECONDS
        )

    async def _read(self, _: Any, keys: Sequence[str]) -> list[int | None]:
        self.queries.append(list(keys))
        self.queried.set()
        if self.failure is not None:
            raise self.failure
        return [self.rows.get(key) for key in keys]

    def change(self, key: str, value: int) -> Callable[[Transaction[None]], Awaitable[None]]:
        async def work(tx: Transaction[None]) -> None:
            self.watch.changes(tx, [key])
            self.rows[key] = value

        return work

    async def query(self) -> None:
        """Waits for a query that began after this call."""
        for _ in range(2):  # a query may be in progress
            self.queried.clear()
            await self.queried.wait()

    @asynccontextmanager
    async def watching(self, key: str) -> AsyncIterator[AsyncIterator[int | None]]:
        rows = self.watch.rows(NoDatabase(), key)
        async with asyncio.timeout(SECONDS_MAX):
            yield rows
            await rows.aclose()


async def test_watcher_gets_the_row_and_each_change() -> None:
    rows = Rows()
    rows.rows["a"] = 1
    async with rows.watching("a") as watched:
        assert await anext(watched) == 1
        rows.rows["a"] = 2
        assert await anext(watched) == 2
        unchanged = asyncio.ensure_future(anext(watched))
        await rows.query()
        assert not unchanged.done()
        rows.rows["a"] = 3
        assert await unchanged == 3


async def test_missing_row_is_none() -> None:
    async with Rows().watching("a") as watched:
        assert await anext(watched) is None


async def test_one_query_reads_the_rows_of_all_watchers() -> None:
    rows = Rows()
    watchers = [rows.watch.rows(NoDatabase(), key) for key in "abca"]
    async with asyncio.timeout(SECONDS_MAX):
        assert await asyncio.gather(*map(anext, watchers)) == [None] * 4
        assert rows.queries == [["a", "b", "c"]]
        rows.rows |= {"a": 1, "b": 2, "c": 3}
        assert await asyncio.gather(*map(anext, watchers)) == [1, 2, 3, 1]
        assert rows.queries[-1] == ["a", "b", "c"]
        for watcher in watchers:
            await watcher.aclose()


async def test_new_watcher_does_not_wait_for_the_interval() -> None:
    rows = Rows()
    rows.watch = RowWatch(rows._read, interval_seconds=1000)
    async with rows.watching("a") as first, rows.watching("b") as second:
        await anext(first)
        await anext(second)
    assert rows.queries == [["a"], ["b"]]


async def test_only_changes_of_watched_rows_are_read_and_without_waiting_for_the_interval() -> None:
    rows = Rows()
    rows.watch = RowWatch(rows._read, interval_seconds=1000)
    async with rows.watching("a") as watched:
        await anext(watched)
        await NoDatabase().run(rows.change("b", 1))
        await NoDatabase().run(rows.change("a", 1))
        assert await anext(watched) == 1
    assert rows.queries == [["a"], ["a"]]


async def test_watchers_get_changes_while_new_ones_keep_arriving() -> None:
    """Each query takes longer than the interval, and a new watcher arrives during each."""
    rows = Rows()
    newcomers: list[asyncio.Task[None]] = []

    async def arrive(key: str) -> None:
        async with rows.watching(key) as watched:
            await anext(watched)

    async def read(_: Any, keys: Sequence[str]) -> list[int | None]:
        found = [rows.rows.get(key) for key in keys]
        if len(newcomers) < NEWCOMERS_MAX:
            newcomers.append(asyncio.create_task(arrive(f"new {len(newcomers)}")))
        await asyncio.sleep(INTERVAL_SECONDS * 2)
        return found

    rows.watch = RowWatch(read, interval_seconds=INTERVAL_SECONDS)
    async with rows.watching("a") as watched:
        assert await anext(watched) is None
        rows.rows["a"] = 1
        assert await anext(watched) == 1
        assert len(newcomers) < NEWCOMERS_MAX, "the change was seen after the last new watcher"
        await asyncio.gather(*newcomers)


async def test_slow_watcher_gets_the_newest_row_only() -> None:
    rows = Rows()
    rows.rows["a"] = 1
    async with rows.watching("a") as watched:
        assert await anext(watched) == 1
        for value in (2, 3):
            rows.rows["a"] = value
            await rows.query()
        assert await anext(watched) == 3


async def test_no_query_runs_when_nobody_watches() -> None:
    rows = Rows()
    async with rows.watching("a") as watched:
        await anext(watched)
    assert rows.watch._task is not None
    async with asyncio.timeout(SECONDS_MAX):
        await rows.watch._task
    async with rows.watching("a") as watched:
        assert await anext(watched) is None


async def test_failure_of_the_first_query_fails_the_watcher_and_a_later_one_does_not() -> None:
    rows = Rows()
    rows.rows["a"] = 1
    async with rows.watching("a") as watched:
        assert await anext(watched) == 1
        rows.failure = ValueError("the database is away")
        with capture_logs() as logs:
            async with rows.watching("b") as other:
                with pytest.raises(ValueError, match="the database is away"):
                    await anext(other)
            await rows.query()
        assert [entry["event"] for entry in logs] == ["watched rows can't be read"]
        rows.failure = None
        rows.rows["a"] = 2
        assert await anext(watched) == 2
        async with rows.watching("b") as other:
            assert await anext(other) is None


def test_a_watch_outlives_its_event_loop() -> None:
    rows = Rows()
    rows.rows["a"] = 1

    async def read() -> int | None:
        async with rows.watching("a") as watched:
            row = await anext(watched)
            await rows.query()
            return row

    for _ in range(2):
        rows.queried = asyncio.Event()
        assert asyncio.run(read()) == 1
