"""The outbox's writing side: a transaction stores its events with the effect that they announce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection

from transactional_events.db.outbox import AddToOutboxParams, AsyncQuerier
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
        """Stores the transaction's events."""
        if events := transaction.extension(OutgoingEvents).events:
            await self.store(transaction.connection, events)

    def after_commit(self, transaction: Transaction[Any]) -> None:
        """Wakes the relays for the transaction's events."""
        if events := transaction.extension(OutgoingEvents).events:
            self.notifier.notify(events)

    async def store(
        self, connection: AsyncConnection[Any], outgoing: Sequence[OutgoingEvent]
    ) -> None:
        """Stores events by one statement."""
        rows = AddToOutboxParams(
            buckets=[event.bucket for event in outgoing],
            topics=[event.topic for event in outgoing],
            keys=[event.key for event in outgoing],
            values=[frame(self.schema_ids[event.topic]) + event.payload for event in outgoing],
            event_ids=[event.event_id for event in outgoing],
            event_types=[event.event_type for event in outgoing],
            occurred_at=[event.occurred_at for event in outgoing],
            request_ids=[event.request_id for event in outgoing],
        )
        await AsyncQuerier(connection).add_to_outbox(rows)
