"""The build step that puts contracts into a Schema Registry and topics into a cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

from transactional_events.registry._client import SchemaRegistry
from transactional_events.registry._schemas import in_order
from transactional_events.streams._stream import Stream
from transactional_events.topics._topics import Topics, topics_of


class IncompatibleError(Exception):
    """Contracts that would break somebody, or topics that are not as contracts say; one a line."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The schema of a stream, or one that it imports, in the registry."""

    subject: str
    version: int | None
    schema_id: int | None
    news: str
    """What the step did, or would do."""


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic in the cluster."""

    name: str
    partitions: int
    news: str


async def check(streams: Sequence[Stream], registry: SchemaRegistry) -> list[SchemaState]:
    """Asks whether the registry would take every schema and its imports; changes nothing.

    Raises:
        IncompatibleError: it would not.
        RegistryError: the registry can't be asked.
    """
    problems: list[str] = []
    answers = []
    for schema in in_order(streams):
        subject = schema.subject
        if found := await registry.find(schema):
            answers.append(SchemaState(subject, found.number, found.schema_id, "registered"))
            continue
        reasons = await registry.incompatibilities(schema)
        problems += [f"{subject} would break its compatibility rule: {each}" for each in reasons]
        answers.append(SchemaState(subject, None, None, "compatible, not registered"))
    if problems:
        raise IncompatibleError("\n".join(problems))
    return answers


async def register(streams: Sequence[Stream], registry: SchemaRegistry) -> list[SchemaState]:
    """Registers every schema, its imports first, or none when one of them is incompatible.

    Rules are set for the streams' subjects only: other schemas of the registry may have the same
    imports, whose subjects are nobody's own.

    Raises:
        IncompatibleError: one of them is.
        RegistryError: the registry can't be asked.
    """
    before = await check(streams, registry)
    answers = []
    for schema, found in zip(in_order(streams), before, strict=True):
        version = await registry.register(schema)
        news = "unchanged" if found.schema_id is not None else "registered now"
        answers.append(SchemaState(schema.subject, version.number, version.schema_id, news))
    for stream in streams:
        await registry.require_compatibility(stream.subject)
    return answers


async def create_topics(streams: Sequence[Stream], topics: Topics) -> list[TopicState]:
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
        answers.append(
            TopicState(topic.name, topic.partitions, "created" if created else "unchanged")
        )
    if problems:
        raise IncompatibleError("\n".join(problems))
    await topics.appear(wanted)
    return answers
