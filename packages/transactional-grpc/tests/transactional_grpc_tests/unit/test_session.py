"""Transactions that take a connection late, and return it in any case."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from transactional_grpc.database._batches import InsertBatch
from transactional_grpc.database._pipelined_connection import PipelinedConnection
from transactional_grpc.database._session import Session

pytestmark = pytest.mark.anyio


class FailingConnection:
    """A connection on which each query fails."""

    def query_cursor(self, _: Any) -> Any:
        raise ValueError("the connection is broken")


class Lender:
    """Lends one connection, once there is one."""

    def __init__(self) -> None:
        self.lent = 0
        self.available = asyncio.Event()
        self.session: Session[Any] = Session(self._begin, lambda connection: connection, {})

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[PipelinedConnection]:
        await self.available.wait()
        self.lent += 1
        try:
            yield cast("PipelinedConnection", FailingConnection())
        finally:
            self.lent -= 1


class Insert:
    """The batch form of an INSERT."""

    sql = "INSERT"
    has_returning = False

    def row(self, arg: str) -> str:
        return arg


async def test_connection_is_returned_at_the_end() -> None:
    lender = Lender()
    lender.available.set()
    async with lender.session as session:
        await session.connect()
        assert lender.lent == 1
    assert lender.lent == 0


async def test_connection_that_comes_after_the_end_is_returned() -> None:
    lender = Lender()
    async with lender.session as session:
        connecting = asyncio.create_task(session.connect())
        await asyncio.sleep(0)  # it waits for a connection
    lender.available.set()
    with pytest.raises(RuntimeError, match="the transaction has ended"):
        await connecting
    assert lender.lent == 0


async def test_connection_is_returned_when_a_collected_insert_fails() -> None:
    lender = Lender()
    lender.available.set()

    async def insert_and_connect() -> None:
        async with lender.session as session:
            await session.insert(cast("InsertBatch[str]", Insert()), ["{}"])
            await session.connect()

    with pytest.raises(ValueError, match="the connection is broken"):
        await insert_and_connect()
    assert lender.lent == 0
