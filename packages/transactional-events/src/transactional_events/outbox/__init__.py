"""The outbox: stores a transaction's events with it, and notifies the relays."""

from transactional_events.outbox._listener import listen
from transactional_events.outbox._notifier import Notifier
from transactional_events.outbox._outbox import Outbox

__all__ = [
    "Notifier",
    "Outbox",
    "listen",
]
