"""Queues items while a batch runs, then runs the queue as the next batch."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Generic, TypeVar

from psycopg import AsyncConnection, Error
from psycopg_pool import PoolTimeout, TooManyRequests

from transactional_grpc.database._errors import is_stale
from transactional_grpc.database._pool import POOL_QUEUE_MAX, POOL_WAIT_SECONDS_MAX

BATCH_ITEMS_MAX = 256
BATCH_BYTES_MAX = 1024 * 1024
"""Bounds of one batch; a larger item is a batch of its own."""

Connection = AsyncConnection[Any]
Item = TypeVar("Item")
Result = TypeVar("Result")
_Entry = tuple[Item, asyncio.Future[Result]]


class Batcher(Generic[Item, Result]):
    """Runs items in batches, one batch after the other. If no batch is running, the item runs immediately.

    If a batch fails its items are run one by one, so that an item that is wrong fails alone, with its own error. If
    the connection breaks, it is unknown what the server has done, so every item under way fails: the whole batch, or
    the current item if items run one by one. The others wait for the next connection. An item whose caller is
    canceled before its batch begins is dropped.
    """

    def __init__(
        self,
        acquire: Callable[[], AbstractAsyncContextManager[Connection]],
        run: Callable[[Connection, Sequence[Item]], Awaitable[Sequence[Result]]],
        size: Callable[[Item], int],
        *,
        in_caller: bool = False,
    ) -> None:
        """Makes a batcher without a batch.

        Args:
            acquire: Takes a connection of the pool.
            run: Returns the results of items. If it raises, it has had no effect, unless the connection is broken.
            size: Returns the size of an item in bytes.
            in_caller: Whether an item runs in its caller's task if no batch is running, which costs less. It is
                interrupted then if its caller is canceled.
        """
        self._acquire = acquire
        self._run = run
        self._size = size
        self._in_caller = in_caller
        self._is_in_caller = False
        """Whether a caller runs its item itself now."""
        self._queue: deque[_Entry[Item, Result]] = deque()
        self._task: asyncio.Task[None] | None = None
        # Not the context of the call that happens to come first, whose request id would be logged for others.
        self._context = contextvars.copy_context()

    async def submit(self, item: Item) -> Result:
        """Returns the result of an item.

        Raises:
            TooManyRequests: POOL_QUEUE_MAX items wait already.
            PoolTimeout: there is no connection in time, or the batch under way takes too long.
            Error: the item failed.
        """
        if len(self._queue) >= POOL_QUEUE_MAX:
            raise TooManyRequests(f"{POOL_QUEUE_MAX} requests wait for the database already")
        if self._in_caller and self._task is None and not self._is_in_caller:
            return await self._run_here(item)
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((item, result))
        self._start()
        return await result

    async def _run_here(self, item: Item) -> Result:
        self._is_in_caller = True
        is_acquired = False
        try:
            async with self._acquire() as connection:
                is_acquired = True
                with self._bounding_waits():
                    (result,) = await self._run(connection, [item])
        except Error as error:
            if not is_acquired:
                self._fail_queue(error)
            raise
        finally:
            self._is_in_caller = False
            self._start()
        return result

    def _start(self) -> None:
        if self._queue and self._task is None and not self._is_in_caller:
            loop = asyncio.get_running_loop()
            self._task = loop.create_task(self._work(), context=self._context)

    async def _work(self) -> None:
        try:
            while self._queue:
                await self._work_on_connection()
        finally:
            self._task = None
            for _, result in self._queue:  # only if this task is canceled
                result.cancel()

    async def _work_on_connection(self) -> None:
        is_acquired = False
        try:
            async with self._acquire() as connection:
                is_acquired = True
                while batch := self._take():
                    with self._bounding_waits():
                        await self._run_batch(connection, batch)
        except Exception as error:  # noqa: BLE001 - callers get it; after a break, the next round asks for a new connection
            if not is_acquired:
                self._fail_queue(error)

    def _take(self) -> list[_Entry[Item, Result]]:
        batch: list[_Entry[Item, Result]] = []
        size = 0
        while self._queue and len(batch) < BATCH_ITEMS_MAX:
            item, result = self._queue[0]
            if not result.done():
                size += self._size(item)
                if batch and size > BATCH_BYTES_MAX:
                    break
                batch.append((item, result))
            self._queue.popleft()
        return batch

    @contextmanager
    def _bounding_waits(self) -> Iterator[None]:
        """Fails the items that wait if the block takes longer than they may wait."""
        timeout = PoolTimeout("the batch under way takes too long")
        loop = asyncio.get_running_loop()
        timer = loop.call_later(POOL_WAIT_SECONDS_MAX, self._fail_queue, timeout)
        try:
            yield
        finally:
            timer.cancel()

    async def _run_batch(self, connection: Connection, batch: list[_Entry[Item, Result]]) -> None:
        try:
            results = await self._run(connection, [item for item, _ in batch])
        except Exception as error:
            if is_stale(error):  # another connection prepares the statement again
                await connection.close()
            if len(batch) > 1 and not connection.closed:
                await self._run_singly(connection, batch)
                return
            for _, waiting in batch:
                _fail(waiting, error)
            if connection.closed:
                raise
        except BaseException:
            for _, waiting in batch:
                waiting.cancel()
            raise
        else:
            _succeed(batch, results)

    async def _run_singly(self, connection: Connection, batch: list[_Entry[Item, Result]]) -> None:
        rest = deque(batch)
        try:
            while rest:
                item, waiting = rest.popleft()
                if not waiting.done():
                    await self._run_batch(connection, [(item, waiting)])
        finally:
            self._queue.extendleft(reversed(rest))  # if the connection broke, for the next one

    def _fail_queue(self, error: Exception) -> None:
        while self._queue:
            _, waiting = self._queue.popleft()
            _fail(waiting, error)


def _succeed(batch: Sequence[_Entry[Item, Result]], results: Sequence[Result]) -> None:
    for (_, waiting), result in zip(batch, results, strict=True):
        if not waiting.done():
            waiting.set_result(result)


def _fail(waiting: "asyncio.Future[Any]", error: Exception) -> None:
    if not waiting.done():
        waiting.set_exception(error)
