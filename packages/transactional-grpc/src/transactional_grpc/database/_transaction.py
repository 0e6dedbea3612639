"""A database transaction as business code sees it, and the hooks that run with its commit."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from psycopg import AsyncConnection

D = TypeVar("D")
E = TypeVar("E")


@dataclass(slots=True)
class Transaction(Generic[D]):
    """One transaction: its queries, its instant and its correlation id.

    Leaving a use case without an exception commits everything, an exception undoes everything.
    """

    db: D
    """The service's generated queries, inside this transaction."""
    connection: AsyncConnection[Any]
    now: datetime
    """The one instant (UTC) of everything that the transaction writes."""
    correlation_id: str = ""
    """The id of the request that the transaction serves; empty if there is none."""
    _extensions: dict[type, object] = field(default_factory=dict, repr=False)

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
        """Runs last in the transaction. Statements whose rows it doesn't await travel with the COMMIT.

        An exception rolls the transaction back.
        """
        ...

    def after_commit(self, transaction: Transaction[Any]) -> None:
        """Runs once the transaction is committed. It must not raise."""
        ...
