"""The events that a transaction publishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """An event that a transaction publishes when it commits."""

    topic: str
    bucket: int
    """The Kafka partition of the key."""
    key: str
    event_id: UUID
    event_type: str
    """The full name of the payload's message."""
    occurred_at: datetime
    payload: bytes
    """The envelope, not framed yet."""
    request_id: str
    """The request that caused the event; empty when unknown."""


@dataclass(slots=True)
class OutgoingEvents:
    """The extension of a transaction that collects its events until the outbox stores them."""

    events: list[OutgoingEvent] = field(default_factory=list)
    """In the order of their publication."""
    correlation_ids: Mapping[str, str] = field(default_factory=dict)
    """Key → the id of the request behind the consumed event that the transaction handles for the key.

    For other keys the transaction's own correlation id counts.
    """
