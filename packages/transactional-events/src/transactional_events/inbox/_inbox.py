"""The inbox: each event has its effect once, as long as it is redelivered before its inbox row is purged.

The life cycle of one record:

    record ──unframed, schema known, decoded, valid──▶ event ──inbox row and handler, one transaction──▶ committed
       │                                                 │
       ├── undeliverable ──▶ dead-letter topic ◀─────────┴── still fails when processed alone
       └── of an event type that this version doesn't know ──▶ skipped

Invariants:

1. The row of the inbox and the effect of the event commit together: an event whose row exists has no second effect.
   A handler that runs for such an event has its transaction rolled back.
2. `handle` returns when each record was processed, recognized as a duplicate, skipped or dead-lettered. Offsets are
   committed afterwards.
3. PostgreSQL errors other than data and integrity errors, Kafka and registry errors, and any OSError are retried
   without limit and block the consumer's partitions. This includes SQL mistakes in a handler: otherwise a wrong
   deployment would send every event to the dead-letter topic. Every other exception sends the event there. A batch
   that takes too long for one transaction is halved.
4. Events of one key are handled in the order of their records. Later events pass a dead-lettered one, and a replayed
   event comes after them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

import psycopg
import structlog
from confluent_kafka import Message as Record
from psycopg import AsyncConnection

from transactional_events.db.inbox import ADD_NEW_TO_INBOX_BATCH, AddNewToInboxParams, AsyncQuerier
from transactional_events.dead_letters import DeadLetterProducer
from transactional_events.inbox._decoding import (
    FramedRecord,
    IncomingEvent,
    UndeliverableError,
    decode,
    unframe,
)
from transactional_events.inbox._subscription import Rejected, Subscription, runs
from transactional_events.inbox._transient_errors import (
    is_transient,
    is_transient_of_batch,
    retry_transient_errors,
)
from transactional_events.registry import KnownSchemas
from transactional_events.streams import OutgoingEvents, Stream
from transactional_events.topics import SEGMENT
from transactional_grpc.database import Database, Deleted, Purge, Transaction
from transactional_grpc.retries import retrying

RETENTION_MARGIN = 2 * SEGMENT
"""The inbox keeps its rows this much longer than the topics' retention, because brokers delete whole segments."""

D = TypeVar("D")
log = structlog.get_logger()


class Inbox(Generic[D]):
    """Handles batches of records, valid or not."""

    def __init__(
        self,
        database: Database[D],
        subscriptions: Sequence[Subscription[D]],
        schemas: KnownSchemas,
        dead_letters: DeadLetterProducer,
    ) -> None:
        self._database = database
        self._subscriptions = {
            subscription.stream.topic: subscription for subscription in subscriptions
        }
        self._schemas = schemas
        self._dead_letters = dead_letters

    async def handle(self, records: Sequence[Record]) -> None:
        """Handles every record or sends it to the dead-letter topic; retries transient errors meanwhile."""
        dead: list[tuple[Record, str]] = []
        framed: list[FramedRecord] = []
        for record in records:
            try:
                framed.append(unframe(record))
            except UndeliverableError as error:
                dead.append((record, str(error)))
        ids = {item.schema_id for item in framed}
        new = {schema_id for schema_id in ids if not self._schemas.subjects(schema_id)}
        if new:
            async for attempt in retry_transient_errors():
                with attempt:
                    await self._schemas.learn(new)
        events: list[IncomingEvent] = []
        for item in framed:
            try:
                events.extend(self._events(item))
            except UndeliverableError as error:
                dead.append((item.record, str(error)))
        await self._dead_letter(dead)
        await self._handle(events)

    def _events(self, framed: FramedRecord) -> list[IncomingEvent]:
        stream = self._subscriptions[str(framed.record.topic())].stream
        subjects = self._schemas.subjects(framed.schema_id)
        if not subjects:
            raise UndeliverableError(f"schema id {framed.schema_id} is not registered")
        if stream.subject not in subjects:
            raise UndeliverableError(f"schema id {framed.schema_id} is not one of {stream.subject}")
        event = decode(framed, stream)
        return [event] if event else []

    async def _handle(self, events: Sequence[IncomingEvent]) -> None:
        """Handles events as new ones; if that fails, asks the inbox which of them are new.

        Almost all events are new. Their inbox rows travel together with the handler's first query, whereas asking the
        inbox takes a round trip of its own.
        """
        if not events:
            return
        try:
            await self._database.run(partial(self._handle_new, list(_unique(events).values())))
        except Exception:  # noqa: BLE001 - an error of another cause than a duplicate comes again
            await self._handle_any(events)

    async def _handle_any(self, events: Sequence[IncomingEvent]) -> None:
        """Handles events in one transaction; if that fails, halves them until the bad event is alone."""
        is_retried = is_transient_of_batch if len(events) > 1 else is_transient
        try:
            async for attempt in retrying(is_retried):
                with attempt:
                    await self._database.run(partial(self._handle_unless_duplicate, events))
        except Exception as error:  # whatever a handler raises, the partition has to go on
            if is_retried(error):
                raise
            if len(events) == 1:
                await self._dead_letter([(events[0].record, _reason(error))])
                return
            middle = len(events) // 2
            await self._handle_any(events[:middle])
            await self._handle_any(events[middle:])

    async def _handle_new(self, events: Sequence[IncomingEvent], tx: Transaction[D]) -> None:
        """Handles events that the inbox doesn't have.

        Raises:
            UniqueViolation: it has one of them.
        """
        rows = [AddNewToInboxParams(event.event_id, event.topic, tx.now) for event in events]
        # Two batches that have the same events insert them in one sequence, which prevents deadlocks between them.
        rows.sort(key=lambda row: row.event_id)
        await tx.insert(ADD_NEW_TO_INBOX_BATCH, rows)
        await self._call_handlers(events, tx)

    async def _handle_unless_duplicate(
        self, events: Sequence[IncomingEvent], tx: Transaction[D]
    ) -> None:
        new = set(
            await AsyncQuerier(tx.connection).add_to_inbox(
                event_ids=[event.event_id for event in events],
                topics=[event.topic for event in events],
                received_at=tx.now,
            )
        )
        unique = _unique(events)
        await self._call_handlers([unique[id_] for id_ in unique if id_ in new], tx)

    async def _call_handlers(self, events: Sequence[IncomingEvent], tx: Transaction[D]) -> None:
        correlation_ids = {event.key: event.request_id for event in events}
        tx.extension(OutgoingEvents).correlation_ids = correlation_ids
        for run in runs(events):
            handler = self._subscriptions[run.topic].handlers[run.event_type]
            await handler(tx, [event.payload for event in run.events])

    async def _dead_letter(self, dead: Sequence[tuple[Record, str]]) -> None:
        if not dead:
            return
        async for attempt in retry_transient_errors():
            with attempt:
                await self._dead_letters.send(dead)


def _unique(events: Sequence[IncomingEvent]) -> dict[UUID, IncomingEvent]:
    """Returns the first record of each event: a batch may hold an event twice."""
    unique: dict[UUID, IncomingEvent] = {}
    for event in events:
        unique.setdefault(event.event_id, event)
    return unique


def inbox_purge(streams: Sequence[Stream]) -> Purge:
    """Returns the purge of events that no topic delivers any more."""
    longest = max((stream.retention for stream in streams), default=timedelta())
    return Purge("inbox", longest + RETENTION_MARGIN, _purge)


async def _purge(
    connection: AsyncConnection[Any], after: datetime, before: datetime, limit: int
) -> Deleted:
    row = await AsyncQuerier(connection).purge_inbox(after=after, before=before, batch_size=limit)
    return Deleted(row.row_count, row.reached) if row else Deleted(0, after)


def _reason(error: Exception) -> str:
    if isinstance(error, Rejected):
        return str(error)
    if isinstance(error, psycopg.Error):  # its whole text would repeat the row
        return f"{type(error).__name__}: {error.diag.message_primary or 'rejected by psycopg'}"
    log.error("a handler failed", exc_info=error)
    return f"{type(error).__name__}: {error}"
