"""A transaction's statements before it has a connection, and the queries that collect them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from transactional_grpc.database._batcher import Batcher
from transactional_grpc.database._batches import InsertBatch, LookupBatch
from transactional_grpc.database._inserted import Inserted
from transactional_grpc.database._pipelined_connection import PipelinedConnection

KEY_BYTES = 64
"""The estimated size of a key: BATCH_ITEMS_MAX limits a query before its size does."""

D = TypeVar("D")
A = TypeVar("A")
Method = Callable[["Session[Any]", Any], Awaitable[Any]]
"""Runs a query without a connection of the transaction's own; takes the query's one argument."""


class Session(Generic[D]):
    """Collects INSERTs until the transaction awaits rows; only then it takes a connection.

    With the connection it runs what it has collected, in order, before the query that asked for it.
    """

    def __init__(
        self,
        begin: Callable[[], AbstractAsyncContextManager[PipelinedConnection]],
        queries: Callable[[AsyncConnection[Any]], D],
        methods: Mapping[str, Method],
    ) -> None:
        self.inserts: list[tuple[InsertBatch[Any], str, Inserted]] = []
        """INSERTs that are not run yet, each with the JSON of its row and the object that gets its id."""
        self.methods = methods
        self.connection: AsyncConnection[Any] | None = None
        self.connected_queries: D | None = None
        self._begin = begin
        self._queries = queries
        self._stack = AsyncExitStack()
        self._ended = False
        self._lock = asyncio.Lock()

    @property
    def queries(self) -> D:
        """The service's queries, which collect INSERTs as long as there is no connection."""
        return cast("D", _Queries(self))

    async def connect(self) -> AsyncConnection[Any]:
        """Returns the connection; the first call begins the transaction on it.

        Raises:
            RuntimeError: the transaction ended while the call waited for the connection.
        """
        async with self._lock:  # a use case may run several queries at once
            if self.connection is None:
                async with AsyncExitStack() as entering:
                    connection = await entering.enter_async_context(self._begin())
                    for batch, row, inserted in self.inserts:
                        cursor = connection.query_cursor(tuple_row)
                        await cursor.execute(batch.sql, (f"[{row}]",), prepare=True)
                        inserted.read_from(cursor)
                    if self._ended:  # nobody else would return the connection
                        raise RuntimeError("the transaction has ended")
                    self._stack = entering.pop_all()
                self.inserts.clear()
                self.connected_queries = self._queries(connection)
                self.connection = connection
        return self.connection

    async def insert(self, batch: InsertBatch[A], args: Iterable[A]) -> Inserted:
        """Inserts rows: at once with a connection, otherwise with the commit."""
        inserted = Inserted()
        if self.connection is None:
            self.inserts += [(batch, batch.row(arg), inserted) for arg in args]
        else:
            inserted.read_from(await batch.run_async(self.connection, args))
        return inserted

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """Commits or rolls back, if there is a connection."""
        self._ended = True
        return await self._stack.__aexit__(kind, error, traceback)


async def insert_one(batch: InsertBatch[A], session: Session[Any], arg: A) -> None:
    """Collects one INSERT."""
    await session.insert(batch, (arg,))


def loader(
    acquire: Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]], batch: LookupBatch
) -> Method:
    """Returns the method that shares the query with other transactions.

    A call only joins a query that is sent after it, so it sees everything that was committed before the call.
    """
    batcher: Batcher[Any, Any] = Batcher(
        acquire, batch.fetch_async, lambda _: KEY_BYTES, in_caller=True
    )

    def load(_: Session[Any], key: Any) -> Awaitable[Any]:
        return batcher.submit(key)

    return load


class _Queries:
    """Stands for the service's queries in a transaction that begins without a connection."""

    __slots__ = ("_session",)

    def __init__(self, session: Session[Any]) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        session = self._session
        if session.connected_queries is not None:
            return getattr(session.connected_queries, name)
        method = session.methods.get(name)
        return partial(_one_argument, method, session) if method else partial(_Call, session, name)


def _one_argument(
    method: Method, session: Session[Any], *args: Any, **kwargs: Any
) -> Awaitable[Any]:
    """Runs a query that has a batch form; such a query has exactly one argument."""
    (arg,) = args or kwargs.values()
    return method(session, arg)


class _Call:
    """The call of a query whose rows are awaited: the transaction takes its connection first."""

    def __init__(self, session: Session[Any], name: str, *args: Any, **kwargs: Any) -> None:
        self._session = session
        self._name = name
        self._args = args
        self._kwargs = kwargs

    async def _connected(self) -> Any:
        await self._session.connect()
        method = getattr(self._session.connected_queries, self._name)
        return method(*self._args, **self._kwargs)

    async def _result(self) -> Any:
        return await (await self._connected())

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._result().__await__()

    async def __aiter__(self) -> AsyncIterator[Any]:
        async for row in await self._connected():
            yield row

    async def stream(self) -> AsyncIterator[Any]:
        async for row in (await self._connected()).stream():
            yield row
