"""The outbox's writing side: a transaction stores its events with the effect that they announce."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection

from transactional_events.db.models import Outbox as Row
from transactional_events.db.outbox import ADD_TO_OUTBOX_BATCH, AddToOutboxParams
from transactional_events.outbox._notifier import Notifier
from transactional_events.registry import frame
from transactional_events.streams import OutgoingEvent, OutgoingEvents
from transactional_grpc.database import Inserted, Transaction


@dataclass(slots=True)
class _Stored:
    """The extension of a transaction that has the rows of its events."""

    rows: list[AddToOutboxParams] = field(default_factory=list)
    inserted: Inserted = field(default_factory=Inserted)


@dataclass(slots=True)
class Outbox:
    """The hook that stores the events of each transaction."""

    schema_ids: Mapping[str, int]
    """Topic → the registered id of its schema."""
    notifier: Notifier = field(default_factory=Notifier)

    async def before_commit(self, transaction: Transaction[Any]) -> None:
        """Stores the transaction's events by one statement, which other transactions may share."""
        if events := transaction.extension(OutgoingEvents).events:
            stored = transaction.extension(_Stored)
            stored.rows = [self._row(event) for event in events]
            stored.inserted = await transaction.insert(ADD_TO_OUTBOX_BATCH, stored.rows)

    def after_commit(self, transaction: Transaction[Any]) -> None:
        """Hands the transaction's rows to the relays."""
        stored = transaction.extension(_Stored)
        if stored.rows:
            ids = stored.inserted.ids
            self.notifier.notify([_with_id(*row) for row in zip(stored.rows, ids, strict=True)])

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


def _with_id(row: AddToOutboxParams, id_: int) -> Row:
    return Row(
        bucket=row.bucket,
        id=id_,
        topic=row.topic,
        key=row.key,
        value=row.value,
        event_id=row.event_id,
        event_type=row.event_type,
        occurred_at=row.occurred_at,
        request_id=row.request_id,
    )
