"""Dead letters: records that could not be handled, with the reason; shown and replayed by an operator."""

from transactional_events.dead_letters._dead_letters import DeadLetterProducer
from transactional_events.dead_letters._topic import ReplayError
from transactional_events.dead_letters._undeliverable import UndeliverableEvent, UnknownEventError

__all__ = [
    "DeadLetterProducer",
    "ReplayError",
    "UndeliverableEvent",
    "UnknownEventError",
]
