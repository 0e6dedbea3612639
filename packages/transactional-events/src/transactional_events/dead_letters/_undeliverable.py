"""Undeliverable events: the relay parked them because the broker rejects them, or a consumer sent them to a dead-letter topic."""

import asyncio
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg import AsyncConnection

from transactional_events.db.outbox import AsyncQuerier, ListParkedEventsRow
from transactional_events.dead_letters._event_json import event_json
from transactional_events.dead_letters._topic import DeadLetter, letters, replay
from transactional_events.kafka import KafkaSettings, Publisher
from transactional_events.streams import Stream
from transactional_grpc.database import conninfo, require_usable
from transactional_grpc.settings import SettingsError

PARKED_MAX = 1000
"""Parked events of one database that are listed."""
DATABASE = re.compile(r"([A-Z]+)_DATABASE_URL")


class UnknownEventError(Exception):
    """There is no undeliverable event of this name; the text has it."""


@dataclass(frozen=True, slots=True)
class UndeliverableEvent:
    """One parked event or dead letter."""

    name: str
    """A parked event's id, or a dead letter's topic/partition/offset."""
    where: str
    key: str
    reason: str
    value: bytes | None
    stream: Stream | None
    source: DeadLetter | ListParkedEventsRow

    @property
    def text(self) -> str:
        """The event as JSON, or its bytes if it can't be decoded."""
        shown = event_json(self.stream, self.value) if self.stream else None
        return shown or f"{len(self.value or b'')} bytes: {(self.value or b'').hex(' ')}"


def databases() -> dict[str, str]:
    """Returns service → URL, for each service whose database the environment names.

    Raises:
        SettingsError: a URL can't be; the text names its variable.
    """
    found: dict[str, str] = {}
    for name, url in os.environ.items():
        if url and (match := DATABASE.fullmatch(name)):
            try:
                require_usable(url)
            except ValueError as error:
                raise SettingsError(f"{name}: {error}") from None
            found[match[1].lower()] = url
    return found


async def find(
    streams: Sequence[Stream], kafka: KafkaSettings, urls: dict[str, str]
) -> list[UndeliverableEvent]:
    """Returns the parked events of some databases and the dead letters of some streams.

    Raises:
        KafkaException: the broker doesn't respond.
        OperationalError: a database doesn't respond.
    """
    found: list[UndeliverableEvent] = []
    by_topic = {stream.topic: stream for stream in streams}
    for service, url in urls.items():
        async with await AsyncConnection.connect(
            conninfo(url, "events"), autocommit=True
        ) as connection:
            rows = await AsyncQuerier(connection).list_parked_events(page_size=PARKED_MAX)
        for row in rows:
            where, stream = f"parked by {service}", by_topic.get(row.topic)
            name = str(row.event_id)
            found.append(
                UndeliverableEvent(name, where, row.key, row.error, row.value, stream, row)
            )
    for stream in streams:
        for letter in await asyncio.to_thread(letters, kafka, stream):
            where, value = "dead letter", letter.record.value()
            found.append(
                UndeliverableEvent(
                    letter.place, where, letter.key, letter.reason, value, stream, letter
                )
            )
    return found


def choose(found: Sequence[UndeliverableEvent], names: Sequence[str]) -> list[UndeliverableEvent]:
    """Returns the events of these names.

    Raises:
        UnknownEventError: one isn't there.
    """
    by_name = {event.name: event for event in found}
    for name in names:
        if name not in by_name:
            raise UnknownEventError(f"there is no undeliverable event {name}, or it was replayed")
    return [by_name[name] for name in names]


async def replay_all(
    chosen: Sequence[UndeliverableEvent], kafka: KafkaSettings, urls: dict[str, str]
) -> None:
    """Sends events again: parked ones through their outbox, dead letters to their topics.

    Raises:
        ReplayError, KafkaException, OperationalError: that is not possible now.
    """
    publisher = Publisher(kafka)
    try:
        await replay(
            publisher, [event.source for event in chosen if isinstance(event.source, DeadLetter)]
        )
    finally:
        await publisher.close()
    for event in chosen:
        if not isinstance(event.source, DeadLetter):
            service = event.where.rsplit(" ", 1)[-1]
            await _replay_parked(urls[service], event.source.event_id)


async def _replay_parked(url: str, event_id: UUID) -> None:
    async with await AsyncConnection.connect(
        conninfo(url, "events"), autocommit=True
    ) as connection:
        await AsyncQuerier(connection).replay_parked_event(event_id=event_id)
