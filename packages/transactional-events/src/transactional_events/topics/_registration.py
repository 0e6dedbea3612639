"""The build step that puts contracts into a Schema Registry and topics into a cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

from transactional_events.registry import SchemaRegistry, in_order
from transactional_events.streams import Stream
from transactional_events.topics._topics import Topics, topics_of


class IncompatibleError(Exception):
    """Incompatible schemas, or topics that differ from their contracts; one line for each."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The schema of a stream, or one that it imports, in the registry."""

    subject: str
    version: int | None
    schema_id: int | None
    outcome: str
    """What the step did, or would do."""


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic in the cluster."""

    name: str
    partitions: int
    outcome: str


async def check_schemas(streams: Sequence[Stream], registry: SchemaRegistry) -> list[SchemaState]:
    """Asks whether the registry would take every schema and its imports; changes nothing.

    Raises:
        IncompatibleError: it would not.
        RegistryError: the registry can't be reached.
    """
    problems: list[str] = []
    states = []
    for schema in in_order(streams):
        subject = schema.subject
        if found := await registry.find(schema):
            states.append(SchemaState(subject, found.number, found.schema_id, "registered"))
            continue
        reasons = await registry.incompatibilities(schema)
        problems += [
            f"{subject} would break its compatibility rule: {reason}" for reason in reasons
        ]
        states.append(SchemaState(subject, None, None, "compatible, not registered"))
    if problems:
        raise IncompatibleError("\n".join(problems))
    return states


async def register_schemas(
    streams: Sequence[Stream], registry: SchemaRegistry
) -> list[SchemaState]:
    """Registers every schema, its imports first, or none when one of them is incompatible.

    The compatibility rule is set for the streams' subjects only: schemas of other systems may share the
    subjects of the imports.

    Raises:
        IncompatibleError: one of them is.
        RegistryError: the registry can't be reached.
    """
    before = await check_schemas(streams, registry)
    states = []
    for schema, found in zip(in_order(streams), before, strict=True):
        version = await registry.register(schema)
        outcome = "unchanged" if found.schema_id is not None else "registered now"
        states.append(SchemaState(schema.subject, version.number, version.schema_id, outcome))
    for stream in streams:
        await registry.require_compatibility(stream.subject)
    return states


async def create_topics(streams: Sequence[Stream], topics: Topics) -> list[TopicState]:
    """Creates the topics that are missing, and holds the others to their contracts.

    Raises:
        IncompatibleError: a topic isn't as its contract says.
        TopicError: the broker can't be reached, or rejects a request.
    """
    wanted = [topic for stream in streams for topic in topics_of(stream)]
    await topics.partitions()  # raises if no broker responds
    states = []
    problems: list[str] = []
    for topic in wanted:
        created = await topics.create(topic)
        if not created:
            problems += [
                f"topic {topic.name}: {difference}"
                for difference in await topics.differences(topic)
            ]
        states.append(
            TopicState(topic.name, topic.partitions, "created" if created else "unchanged")
        )
    if problems:
        raise IncompatibleError("\n".join(problems))
    await topics.appear(wanted)
    return states
