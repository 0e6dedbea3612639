"""What business code sees of a database transaction."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from psycopg import AsyncConnection

from runtime.messaging.outgoing import OutgoingEvent

D = TypeVar("D")


@dataclass(slots=True)
class Transaction(Generic[D]):
    """One transaction: its queries, its instant, and the events it will publish.

    Leaving a use case without an exception commits everything, an exception undoes everything.
    """

    db: D
    """The service's generated queries, inside this transaction."""
    connection: AsyncConnection[Any]
    now: datetime
    """The one instant (UTC) of everything that the transaction writes."""
    outgoing: list[OutgoingEvent] = field(default_factory=list)
    """Collected by the generated `publish` functions, stored in the outbox right before the commit."""
