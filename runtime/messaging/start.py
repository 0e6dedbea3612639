"""What has to be there before a process takes work: its schemas and its topics."""

from collections.abc import Sequence

from runtime.messaging.imports import Schema
from runtime.messaging.outbox import Outbox
from runtime.messaging.registry import SchemaRegistry
from runtime.messaging.schemas import KnownSchemas
from runtime.messaging.settings import KafkaSettings
from runtime.messaging.stream import Stream
from runtime.messaging.topics import Topics, topics_of


class NotRegisteredError(Exception):
    """A schema isn't registered; the text names it."""


async def outbox_for(
    streams: Sequence[Stream], kafka: KafkaSettings, registry: SchemaRegistry
) -> Outbox:
    """Returns the outbox of a process that publishes these streams.

    Raises:
        NotRegisteredError: a schema isn't registered.
        RegistryError: the registry can't be asked.
        TopicError: a topic isn't there or isn't as its contract says.
        SettingsError: a Kafka setting is wrong.
    """
    await _require_topics(streams, kafka)
    ids = [await _require_schema(stream, registry) for stream in streams]
    return Outbox({stream.topic: id_ for stream, id_ in zip(streams, ids, strict=True)})


async def schemas_for(
    streams: Sequence[Stream], kafka: KafkaSettings, registry: SchemaRegistry
) -> KnownSchemas:
    """Returns the schemas of a process that consumes these streams.

    Raises:
        as `outbox_for` does.
    """
    await _require_topics(streams, kafka)
    known = KnownSchemas(registry)
    for stream in streams:
        known.add(await _require_schema(stream, registry), stream)
    return known


async def _require_topics(streams: Sequence[Stream], kafka: KafkaSettings) -> None:
    await Topics(kafka).require([topic for stream in streams for topic in topics_of(stream)])


async def _require_schema(schema: Schema, registry: SchemaRegistry) -> int:
    for each in schema.imports:
        await _require_schema(each, registry)
    found = await registry.find(schema)
    if found is None:
        raise NotRegisteredError(
            f"the schema of {schema.subject} is not registered: run `./justw schemas-register`"
        )
    return found.schema_id
