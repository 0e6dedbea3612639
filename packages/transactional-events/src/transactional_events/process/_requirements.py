"""Checks before a process starts its work: tables, schemas and topics."""

from collections.abc import Sequence

from psycopg import Error

from transactional_events.db.sessions import AsyncQuerier as EventSessions
from transactional_events.kafka import KafkaSettings
from transactional_events.outbox import Outbox
from transactional_events.registry import (
    KnownSchemas,
    RegistryUnavailableError,
    Schema,
    SchemaRegistry,
)
from transactional_events.streams import Stream
from transactional_events.topics import BrokerUnavailableError, Topics, topics_of
from transactional_grpc.database import GRANT, DatabaseError, Pool, error_text
from transactional_grpc.db.sessions import AsyncQuerier as Sessions
from transactional_grpc.retries import retrying


class NotRegisteredError(Exception):
    """A schema isn't registered; the text names it."""


async def outbox_for(
    streams: Sequence[Stream], kafka: KafkaSettings, registry: SchemaRegistry
) -> Outbox:
    """Returns the outbox of a process that publishes these streams.

    Raises:
        NotRegisteredError: a schema isn't registered.
        RegistryError: the registry rejects this client; while it is unreachable, the check is retried.
        TopicError: the broker rejects this client, or a topic is missing or differs from its contract; while the
            broker is unreachable, the check is retried.
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
        the same errors as `outbox_for`.
    """
    await _require_topics(streams, kafka)
    known = KnownSchemas(registry)
    for stream in streams:
        known.add(await _require_schema(stream, registry), stream.subject)
    return known


async def require_tables(pool: Pool) -> None:
    """Checks that the database has been migrated, and that this role may write.

    Raises:
        DatabaseError: a table or a right is missing; the text says what to do.
    """
    try:
        async with pool.connection() as connection:
            may_write = [await kind(connection).may_write() for kind in (EventSessions, Sessions)]
            if not all(may_write):
                raise DatabaseError(
                    f"{connection.info.user} may not write to database {connection.info.dbname}: {GRANT}"
                )
    except Error as error:
        raise DatabaseError(f"the database isn't ready: {error_text(error)}") from None


async def _require_topics(streams: Sequence[Stream], kafka: KafkaSettings) -> None:
    wanted = [topic for stream in streams for topic in topics_of(stream)]
    topics = Topics(kafka)
    async for attempt in retrying(_is_unreachable):
        with attempt:
            await topics.require(wanted)


async def _require_schema(schema: Schema, registry: SchemaRegistry) -> int:
    for imported in schema.imports:
        await _require_schema(imported, registry)
    async for attempt in retrying(_is_unreachable):
        with attempt:
            found = await registry.find(schema)
    if found is None:
        raise NotRegisteredError(
            f"the schema of {schema.subject} is not registered: run `register` first"
        )
    return found.schema_id


def _is_unreachable(error: Exception) -> bool:
    return isinstance(error, BrokerUnavailableError | RegistryUnavailableError)
