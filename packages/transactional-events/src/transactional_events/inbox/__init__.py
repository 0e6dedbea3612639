"""The inbox: consumes topics, and gives each event its effect once."""

from transactional_events.inbox._inbox import inbox_purge
from transactional_events.inbox._inbox_consumer import InboxConsumer
from transactional_events.inbox._subscription import Rejected, Subscription

__all__ = [
    "InboxConsumer",
    "Rejected",
    "Subscription",
    "inbox_purge",
]
