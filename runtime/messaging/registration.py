"""The build step that puts contracts into a Schema Registry and topics into a cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.messaging.registry import COMPATIBILITY, SchemaRegistry
from runtime.messaging.stream import Stream
from runtime.messaging.topics import Topics, topics_of


class IncompatibleError(Exception):
    """Contracts that would break somebody, or topics that are not as contracts say; one a line."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A stream's schema in the registry."""

    subject: str
    version: int | None
    schema_id: int | None
    news: str
    """What the step did, or would do."""


@dataclass(frozen=True, slots=True)
class Made:
    """A topic in the cluster."""

    name: str
    partitions: int
    news: str


async def check(streams: Sequence[Stream], registry: SchemaRegistry) -> list[Registered]:
    """Asks whether the registry would take every schema; changes nothing.

    Raises:
        IncompatibleError: it would not.
        RegistryError: the registry can't be asked.
    """
    problems: list[str] = []
    answers = []
    for stream in streams:
        schema_id = await registry.find(stream)
        if schema_id is not None:
            version = await registry.version(stream)
            answers.append(Registered(stream.subject, version, schema_id, "registered"))
            continue
        reasons = await registry.incompatibilities(stream)
        problems += [f"{stream.subject} would break {COMPATIBILITY}: {each}" for each in reasons]
        answers.append(Registered(stream.subject, None, None, "compatible, not registered"))
    if problems:
        raise IncompatibleError("\n".join(problems))
    return answers


async def register(streams: Sequence[Stream], registry: SchemaRegistry) -> list[Registered]:
    """Registers every schema, or none when one of them is incompatible.

    Raises:
        IncompatibleError: one of them is.
        RegistryError: the registry can't be asked.
    """
    before = await check(streams, registry)
    answers = []
    for stream, found in zip(streams, before, strict=True):
        schema_id = await registry.register(stream)
        await registry.require_compatibility(stream)
        news = "unchanged" if found.schema_id is not None else "registered now"
        version = await registry.version(stream)
        answers.append(Registered(stream.subject, version, schema_id, news))
    return answers


async def create_topics(streams: Sequence[Stream], topics: Topics) -> list[Made]:
    """Creates the topics that are missing, and holds the others to their contracts.

    Raises:
        IncompatibleError: a topic isn't as its contract says.
        TopicError: the broker can't be asked, or refuses.
    """
    wanted = [topic for stream in streams for topic in topics_of(stream)]
    await topics.partitions()  # says so when there is no broker
    answers = []
    problems: list[str] = []
    for topic in wanted:
        created = await topics.create(topic)
        if not created:
            problems += [f"topic {topic.name}: {each}" for each in await topics.differences(topic)]
        answers.append(Made(topic.name, topic.partitions, "created" if created else "unchanged"))
    if problems:
        raise IncompatibleError("\n".join(problems))
    await topics.appear(wanted)
    return answers
