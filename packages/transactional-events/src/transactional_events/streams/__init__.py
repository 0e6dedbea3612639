"""Streams: the events of a topic, as their contract declares them."""

from transactional_events.streams._outgoing import OutgoingEvent, OutgoingEvents
from transactional_events.streams._stream import (
    EVENT_BYTES_MAX,
    InvalidEventError,
    Stream,
    require_valid,
)

__all__ = [
    "EVENT_BYTES_MAX",
    "InvalidEventError",
    "OutgoingEvent",
    "OutgoingEvents",
    "Stream",
    "require_valid",
]
