"""Runs a service's rules in transactions, in memory or on PostgreSQL: the same cases hold on both."""

import copy
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

from google.protobuf.message import Message
from psycopg import AsyncConnection

from rpc_contract.errors import ServiceError
from shop.db.support import AsyncRows
from tests.declared_reasons import method_descriptor, require_declared
from transactional_events.outbox import Outbox
from transactional_events.streams import OutgoingEvents, Stream
from transactional_grpc.database import Database, Pool, Transaction
from transactional_grpc.server import Method, Service, StreamingMethod

D = TypeVar("D")
M = TypeVar("M", bound=Message)
R = TypeVar("R")
Transactions = Callable[[], AbstractAsyncContextManager[Transaction[D]]]


class Rows(AsyncRows[R]):
    """The rows of a fake's query."""

    def __init__(self, rows: list[R]) -> None:
        self._rows = rows

    async def _all(self) -> list[R]:
        return self._rows


def in_memory(rows: Any, queries: D) -> Transactions[D]:
    """Returns transactions over the queries of a fake.

    Args:
        rows: The fake's tables. An exception restores the attributes that they had before the transaction.
        queries: The fake's queries over these tables.
    """
    # A rule uses its queries, its instant and its events. Only the runtime uses the connection.
    connection = cast("AsyncConnection[Any]", None)

    @asynccontextmanager
    async def transaction() -> AsyncIterator[Transaction[D]]:
        before = copy.deepcopy(vars(rows))
        try:
            yield Transaction(queries, connection, datetime.now(UTC))
        except BaseException:
            vars(rows).update(before)
            raise

    return transaction


def on_postgres(pool: Pool, queries: Callable[[AsyncConnection[Any]], D]) -> Transactions[D]:
    """Returns transactions of a real database, whose events reach no relay."""

    @asynccontextmanager
    async def transaction() -> AsyncIterator[Transaction[D]]:
        async with Database(pool, queries, (Outbox({}),)).write() as tx:
            yield tx
            tx.extension(OutgoingEvents).events.clear()

    return transaction


def published(tx: Transaction[Any], stream: Stream) -> list[Message]:
    """Returns the events that a transaction publishes when it commits, without their envelopes."""
    assert all(event.topic == stream.topic for event in tx.extension(OutgoingEvents).events)
    envelopes = [
        stream.envelope.FromString(event.payload) for event in tx.extension(OutgoingEvents).events
    ]
    return [getattr(message, str(message.WhichOneof("data"))) for message in envelopes]


@dataclass(frozen=True)
class Rules(Generic[D]):
    """A service's methods, each call in a transaction of its own."""

    service: Service[D]
    transactions: Transactions[D]

    async def call(self, request: Message, response: type[M]) -> M:
        """Calls the method that takes this request, and checks that its contract declares the error that it raises."""
        method = self.method(request)
        try:
            async with self.transactions() as tx:
                result = await method.call(tx, request)
        except ServiceError as error:
            require_declared(method_descriptor(self.service.name, method.name), error.reason)
            raise
        assert isinstance(result, response)
        return result

    def method(self, request: Message) -> Method[D]:
        method = self._method(request)
        assert isinstance(method, Method)
        return method

    def stream(self, request: Message, response: type[M]) -> AsyncGenerator[M, None]:
        """Calls the method that takes this request and streams its responses."""
        method = self._method(request)
        assert isinstance(method, StreamingMethod)
        assert method.response is response
        responses = method.call(_TransactionalDatabase(self.transactions), request)
        return cast("AsyncGenerator[M, None]", responses)

    def _method(self, request: Message) -> Method[D] | StreamingMethod[D]:
        [method] = (known for known in self.service.methods if known.request is type(request))
        return method


class _TransactionalDatabase(Database[D]):
    """Opens transactions for a method that streams."""

    def __init__(self, transactions: Transactions[D]) -> None:
        self._transactions = transactions

    async def run(
        self,
        work: Callable[[Transaction[D]], Awaitable[R]],
        *,
        writes: bool = True,
        shared: bool = False,
        correlation_id: str = "",
    ) -> R:
        """Runs work in a transaction."""
        async with self._transactions() as tx:
            return await work(tx)
