"""Handles incoming events: each has its effect once, however often it is delivered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

import psycopg
import structlog
from confluent_kafka import Message as Record
from psycopg import AsyncConnection

from transactional_events.db.inbox import AsyncQuerier
from transactional_events.dead_letters._dead_letters import DeadLetters
from transactional_events.inbox._decoding import IncomingEvent, PoisonError, decode, schema_id_of
from transactional_events.inbox._subscription import Rejected, Subscription, runs
from transactional_events.inbox._transient_errors import is_trouble, until_it_passes
from transactional_events.registry._known_schemas import KnownSchemas
from transactional_events.streams._outgoing import OutgoingEvents
from transactional_events.streams._stream import Stream
from transactional_events.topics._topics import SEGMENT
from transactional_grpc.database._database import Database
from transactional_grpc.database._purge import Deleted, Purge
from transactional_grpc.database._transaction import Transaction

RETENTION_MARGIN = 2 * SEGMENT
"""How much longer than the topics' retention the inbox remembers: whatever the broker may still deliver."""

D = TypeVar("D")
log = structlog.get_logger()


class Inbox(Generic[D]):
    """Handles batches of records, whatever is in them."""

    def __init__(
        self,
        database: Database[D],
        subscriptions: Sequence[Subscription[D]],
        schemas: KnownSchemas,
        dead_letters: DeadLetters,
    ) -> None:
        self._database = database
        self._subscriptions = {each.stream.topic: each for each in subscriptions}
        self._schemas = schemas
        self._dead_letters = dead_letters

    async def handle(self, records: Sequence[Record]) -> None:
        """Handles every record or buries it; waits out all trouble meanwhile."""
        dead: list[tuple[Record, str]] = []
        framed: list[tuple[Record, int]] = []
        for record in records:
            try:
                framed.append((record, schema_id_of(record)))
            except PoisonError as error:
                dead.append((record, str(error)))
        new = {schema_id for _, schema_id in framed if not self._schemas.subjects(schema_id)}
        if new:
            async for attempt in until_it_passes():
                with attempt:
                    await self._schemas.learn(new)
        events: list[IncomingEvent] = []
        for record, schema_id in framed:
            try:
                events.extend(self._events(record, schema_id))
            except PoisonError as error:
                dead.append((record, str(error)))
        await self._bury(dead)
        await self._handle(events)

    def _events(self, record: Record, schema_id: int) -> list[IncomingEvent]:
        stream = self._subscriptions[str(record.topic())].stream
        subjects = self._schemas.subjects(schema_id)
        if not subjects:
            raise PoisonError(f"schema id {schema_id} is not registered")
        if stream.subject not in subjects:
            raise PoisonError(f"schema id {schema_id} is not one of {stream.subject}")
        event = decode(record, stream)
        return [event] if event else []

    async def _handle(self, events: Sequence[IncomingEvent]) -> None:
        """Handles events in one transaction; if one of them can't be, isolates it by halving."""
        if not events:
            return
        try:
            async for attempt in until_it_passes():
                with attempt:
                    await self._database.run(partial(self._transact, events))
        except Exception as error:  # whatever a handler raises, the partition has to go on
            if is_trouble(error):
                raise
            if len(events) == 1:
                await self._bury([(events[0].record, _reason(error))])
                return
            middle = len(events) // 2
            await self._handle(events[:middle])
            await self._handle(events[middle:])

    async def _transact(self, events: Sequence[IncomingEvent], tx: Transaction[D]) -> None:
        new = set(
            await AsyncQuerier(tx.connection).add_to_inbox(
                event_ids=[event.event_id for event in events],
                topics=[event.topic for event in events],
                received_at=tx.now,
            )
        )
        # The first one of each id, and where it is: a batch may hold an event twice.
        unique: dict[UUID, IncomingEvent] = {}
        for event in events:
            if event.event_id in new:
                unique.setdefault(event.event_id, event)
        fresh = list(unique.values())
        correlation_ids = {event.key: event.request_id for event in fresh}
        tx.extension(OutgoingEvents).correlation_ids = correlation_ids
        for run in runs(fresh):
            handler = self._subscriptions[run.topic].handlers[run.event_type]
            await handler(tx, [event.payload for event in run.events])

    async def _bury(self, dead: Sequence[tuple[Record, str]]) -> None:
        if not dead:
            return
        async for attempt in until_it_passes():
            with attempt:
                await self._dead_letters.bury(dead)


def purge(streams: Sequence[Stream]) -> Purge:
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
        return f"{type(error).__name__}: {error.diag.message_primary or 'refused by psycopg'}"
    log.error("a handler failed", exc_info=error)
    return f"{type(error).__name__}: {error}"
