"""The relay: publishes the outbox's events, each once and in order per key."""

from transactional_events.relay._relay import Relay

__all__ = [
    "Relay",
]
