"""A database transaction as business code sees it, and the hooks that run with its commit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from psycopg import AsyncConnection

from transactional_grpc.database._batches import InsertBatch
from transactional_grpc.database._inserted import Inserted
from transactional_grpc.database._session import Session

A = TypeVar("A")
D = TypeVar("D")
E = TypeVar("E")


@dataclass(slots=True)
class Transaction(Generic[D]):
    """One transaction: its queries, its instant and its correlation id.

    Leaving a use case without an exception commits everything, an exception undoes everything.
    """

    db: D
    """The service's generated queries, inside this transaction."""
    _source: AsyncConnection[Any] | Session[D]
    """The connection, or a session that takes one when rows are awaited."""
    now: datetime
    """The time (UTC) of the service's clock when the transaction started."""
    correlation_id: str = ""
    """The id of the request that the transaction serves; empty if there is none."""
    _extensions: dict[type, object] = field(default_factory=dict, repr=False)
    _on_commit: list[Callable[[], None]] = field(default_factory=list, repr=False)

    @property
    def connection(self) -> AsyncConnection[Any]:
        """The connection of a transaction that has taken one.

        Raises:
            RuntimeError: it has none yet: `connect` takes it.
        """
        source = self._source
        if not isinstance(source, Session):
            return source
        if source.connection is None:
            raise RuntimeError("the transaction has no connection yet: call `await tx.connect()`")
        return source.connection

    async def connect(self) -> AsyncConnection[Any]:
        """Returns the connection; a transaction that has none takes it and is not committed with others."""
        source = self._source
        return await source.connect() if isinstance(source, Session) else source

    async def insert(self, batch: InsertBatch[A], args: Iterable[A]) -> Inserted:
        """Inserts rows by the batch form of an INSERT; without a connection, they go with the commit.

        Args:
            batch: A constant that sqlc-gen-python generates, such as CREATE_ORDER_BATCH. If it has RETURNING, it
                returns one integer column.
            args: The arguments of the single INSERTs.

        Returns:
            The object that has the rows' ids once the transaction is committed.
        """
        source = self._source
        if isinstance(source, Session):
            return await source.insert(batch, args)
        inserted = Inserted()
        inserted.read_from(await batch.run_async(source, args))
        return inserted

    def on_commit(self, call: Callable[[], None]) -> None:
        """Has a function called once the transaction is committed, after the hooks; never if it is rolled back.

        Args:
            call: Must not raise. It is skipped where `TransactionHook.after_commit` is.
        """
        self._on_commit.append(call)

    def committed(self, hooks: Iterable["TransactionHook"]) -> None:
        """Runs the hooks and the functions of `on_commit`; `Database` calls it after the commit."""
        for hook in hooks:
            hook.after_commit(self)
        for call in self._on_commit:
            call()

    def extension(self, kind: type[E]) -> E:
        """Returns the transaction's own object of a class; the first call creates it.

        A library stores here what its hook needs before and after the commit.

        Args:
            kind: A class that can be called without arguments.
        """
        found = self._extensions.setdefault(kind, kind())
        assert isinstance(found, kind)  # noqa: S101 - the key is its class
        return found


class TransactionHook(Protocol):
    """Runs with every transaction that writes, such as an outbox."""

    async def before_commit(self, transaction: Transaction[Any]) -> None:
        """Runs last in the transaction. Statements whose results it doesn't await travel with the COMMIT.

        Rows that it stores by `transaction.insert` let the transaction be committed with others. An
        exception rolls the transaction back.
        """
        ...

    def after_commit(self, transaction: Transaction[Any]) -> None:
        """Runs once the transaction is committed. It must not raise.

        It runs even if its caller was canceled, if the transaction is committed together with others. Otherwise a
        cancellation during COMMIT skips it.
        """
        ...
