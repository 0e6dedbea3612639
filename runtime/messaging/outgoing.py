"""An event on its way out."""

from dataclasses import dataclass
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
