"""Topics and schemas: created and registered by a deploy step, required at start."""

from transactional_events.topics._registration import (
    IncompatibleError,
    SchemaState,
    TopicState,
    check_schemas,
    create_topics,
    register_schemas,
)
from transactional_events.topics._topics import (
    SEGMENT,
    BrokerUnavailableError,
    TopicError,
    Topics,
    topics_of,
)

__all__ = [
    "SEGMENT",
    "BrokerUnavailableError",
    "IncompatibleError",
    "SchemaState",
    "TopicError",
    "TopicState",
    "Topics",
    "check_schemas",
    "create_topics",
    "register_schemas",
    "topics_of",
]
