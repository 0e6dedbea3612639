"""The events that went astray: parked before the broker, or dead-lettered after it."""

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
from transactional_events.kafka._publisher import Publisher
from transactional_events.kafka._settings import KafkaSettings
from transactional_events.streams._stream import Stream
from transactional_grpc.database._connections import conninfo, require_usable
from transactional_grpc.settings import SettingsError

PARKED_MAX = 1000
"""Parked events of one database that are listed."""
DATABASE = re.compile(r"([A-Z]+)_DATABASE_URL")


class UnknownEventError(Exception):
    """There is no such event; the text names it."""


@dataclass(frozen=True, slots=True)
class UndeliverableEvent:
    """One event, wherever it is."""

    name: str
    """How to call it: a parked event's id, or a letter's place."""
    where: str
    key: str
    reason: str
    value: bytes | None
    stream: Stream | None
    source: DeadLetter | ListParkedEventsRow

    @property
    def text(self) -> str:
        """The event, or its bytes when it is none."""
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
    """Returns everything that went astray.

    Raises:
        KafkaException: the broker doesn't answer.
        OperationalError: a database doesn't answer.
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
        for each in await asyncio.to_thread(letters, kafka, stream):
            where, value = "dead letter", each.record.value()
            found.append(
                UndeliverableEvent(each.place, where, each.key, each.reason, value, stream, each)
            )
    return found


def choose(found: Sequence[UndeliverableEvent], names: Sequence[str]) -> list[UndeliverableEvent]:
    """Returns the events of these names.

    Raises:
        UnknownEventError: one isn't there.
    """
    by_name = {each.name: each for each in found}
    for name in names:
        if name not in by_name:
            raise UnknownEventError(f"no event {name} went astray, or it was replayed")
    return [by_name[name] for name in names]


async def replay_all(
    chosen: Sequence[UndeliverableEvent], kafka: KafkaSettings, urls: dict[str, str]
) -> None:
    """Sends events again: parked ones through their outbox, letters to their topics.

    Raises:
        ReplayError, KafkaException, OperationalError: that is not possible now.
    """
    publisher = Publisher(kafka)
    try:
        await replay(publisher, [e.source for e in chosen if isinstance(e.source, DeadLetter)])
    finally:
        await publisher.close()
    for each in chosen:
        if not isinstance(each.source, DeadLetter):
            service = each.where.rsplit(" ", 1)[-1]
            await _replay_parked(urls[service], each.source.event_id)


async def _replay_parked(url: str, event_id: UUID) -> None:
    async with await AsyncConnection.connect(
        conninfo(url, "events"), autocommit=True
    ) as connection:
        await AsyncQuerier(connection).replay_parked_event(event_id=event_id)
