"""The relay: publishes the outbox's events in order per key."""

from transactional_events.relay._batches import BATCH_SIZE
from transactional_events.relay._relay import Relay

__all__ = [
    "BATCH_SIZE",
    "Relay",
]
