"""Topics and schemas: created and registered by a deploy step, required at start."""

from transactional_events.topics._acls import Acl, as_json, registration_acls, service_acls
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
    "Acl",
    "BrokerUnavailableError",
    "IncompatibleError",
    "SchemaState",
    "TopicError",
    "TopicState",
    "Topics",
    "as_json",
    "check_schemas",
    "create_topics",
    "register_schemas",
    "registration_acls",
    "service_acls",
    "topics_of",
]
