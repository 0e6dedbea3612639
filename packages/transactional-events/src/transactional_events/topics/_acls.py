"""The ACLs of Kafka that the processes of a system need, from their streams."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from transactional_events.streams import Stream

TOPIC, GROUP = "topic", "group"


@dataclass(frozen=True, slots=True)
class Acl:
    """What a user of Kafka may do with a topic or a consumer group; every operation allows to describe it, too."""

    resource: str
    name: str
    operations: tuple[str, ...]


def service_acls(group: str, publishes: Stream, consumes: Stream) -> list[Acl]:
    """Returns what a service needs: to publish a stream, and to consume another one as a group, with dead letters.

    At start it describes the dead-letter topics of both.
    """
    return [
        Acl(TOPIC, publishes.topic, ("write",)),
        Acl(TOPIC, publishes.dead_letter_topic, ("describe",)),
        Acl(TOPIC, consumes.topic, ("read",)),
        Acl(TOPIC, consumes.dead_letter_topic, ("write",)),
        Acl(GROUP, group, ("read",)),
    ]


def registration_acls(streams: Iterable[Stream]) -> list[Acl]:
    """Returns what the step needs that creates the topics and compares their settings with the contracts."""
    topics = [name for stream in streams for name in (stream.topic, stream.dead_letter_topic)]
    return [Acl(TOPIC, name, ("create", "describe", "describe_configs")) for name in topics]


def as_json(acls: Iterable[Acl]) -> str:
    """Returns ACLs as a JSON array."""
    return json.dumps([asdict(acl) for acl in acls])
