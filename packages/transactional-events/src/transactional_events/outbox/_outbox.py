"""The outbox's writing side: a transaction stores its events with the effect that they announce."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection

from transactional_events.db.outbox import ADD_TO_OUTBOX_BATCH, AddToOutboxParams
from transactional_events.outbox._notifier import Notifier
from transactional_events.registry import frame
from transactional_events.streams import OutgoingEvent, OutgoingEvents
from transactional_grpc.database import Transaction


@dataclass(slots=True)
class Outbox:
    """The hook that stores the events of each transaction."""

    schema_ids: Mapping[str, int]
    """Topic → the registered id of its schema."""
    notifier: Notifier = field(default_factory=Notifier)

    async def before_commit(self, transaction: Transaction[Any]) -> None:
        """Stores the transaction's events by one statement, which other transactions may share."""
        if events := transaction.extension(OutgoingEvents).events:
            await transaction.insert(ADD_TO_OUTBOX_BATCH, map(self._row, events))

    def after_commit(self, transaction: Transaction[Any]) -> None:
        """Wakes the relays for the transaction's events."""
        if events := transaction.extension(OutgoingEvents).events:
            self.notifier.notify(events)

    async def store(
        self, connection: AsyncConnection[Any], outgoing: Iterable[OutgoingEvent]
    ) -> None:
        """Stores events by one statement."""
        await ADD_TO_OUTBOX_BATCH.run_async(connection, map(self._row, outgoing))

    def _row(self, event: OutgoingEvent) -> AddToOutboxParams:
        return AddToOutboxParams(
            bucket=event.bucket,
            topic=event.topic,
            key=event.key,
            value=frame(self.schema_ids[event.topic]) + event.payload,
            event_id=event.event_id,
            event_type=event.event_type,
            occurred_at=event.occurred_at,
            request_id=event.request_id,
        )
