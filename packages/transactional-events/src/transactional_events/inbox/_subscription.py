"""Subscriptions: the handlers of a topic's events."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from transactional_events.inbox._decoding import IncomingEvent
from transactional_events.streams import Stream
from transactional_grpc.database import Transaction

D = TypeVar("D")
Handler = Callable[[Transaction[D], Sequence[Any]], Awaitable[None]]


class Rejected(Exception):  # noqa: N818 - a rejection is a handler's decision, not an error of the program
    """A handler rejects an event: the inbox sends it to the dead-letter topic with this reason."""


@dataclass(frozen=True, slots=True)
class Subscription(Generic[D]):
    """A topic's events and their handlers; the generated `*_kafka` modules build these."""

    stream: Stream
    handlers: Mapping[str, Handler[D]]
    """Event type → handler."""


@dataclass(slots=True)
class Run:
    """Events of one type that are handled together."""

    topic: str
    event_type: str
    events: list[IncomingEvent]


def runs(events: Sequence[IncomingEvent]) -> list[Run]:
    """Groups events by type into as few runs as the order of each key's events allows."""
    found: list[Run] = []
    after: dict[tuple[str, str], int] = {}  # key → the index of the run with its newest event
    newest: dict[tuple[str, str], int] = {}  # type → the index of its newest run
    for event in events:
        kind = (event.topic, event.event_type)
        key = (event.topic, event.key)
        index = newest.get(kind, -1)
        if index < after.get(key, 0):
            index = len(found)
            found.append(Run(event.topic, event.event_type, []))
            newest[kind] = index
        found[index].events.append(event)
        after[key] = index
    return found
