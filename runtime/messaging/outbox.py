"""The outbox's writing side: events are stored by the transaction whose effect they tell of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection

from runtime.messaging import wire
from runtime.messaging.outgoing import OutgoingEvent
from runtime.messaging.wakeups import Wakeups
from shop.messaging.db.outbox import AddToOutboxParams, AsyncQuerier


@dataclass(frozen=True, slots=True)
class Outbox:
    """Stores the events of the topics that a process publishes."""

    schema_ids: Mapping[str, int]
    """Topic → the registered id of its schema."""
    wakeups: Wakeups = field(default_factory=Wakeups)

    async def flush(
        self, connection: AsyncConnection[Any], outgoing: Sequence[OutgoingEvent]
    ) -> None:
        """Stores a transaction's events; to be its last statement, and to be followed by `committed`."""
        if not outgoing:
            return
        rows = AddToOutboxParams(
            buckets=[event.bucket for event in outgoing],
            topics=[event.topic for event in outgoing],
            keys=[event.key for event in outgoing],
            values=[wire.frame(self.schema_ids[each.topic]) + each.payload for each in outgoing],
            event_ids=[event.event_id for event in outgoing],
            event_types=[event.event_type for event in outgoing],
            occurred_at=[event.occurred_at for event in outgoing],
            request_ids=[event.request_id for event in outgoing],
        )
        await AsyncQuerier(connection).add_to_outbox(rows)

    def committed(self, outgoing: Sequence[OutgoingEvent]) -> None:
        """Wakes the relays for events whose transaction has been committed."""
        if outgoing:
            self.wakeups.committed(outgoing)
