"""Imports of schemas are registered as subjects, and the schemas have references to them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running
from tests.integration.messaging.harness import (
    Publishing,
    Recorder,
    consuming,
    order_created,
    running,
)
from tests.integration.messaging.kafka_topic import produce
from transactional_events.kafka import KafkaSettings
from transactional_events.process import NotRegisteredError, outbox_for, schemas_for
from transactional_events.registry import Import, RegistryError, SchemaRegistry
from transactional_events.registry import _wire as wire
from transactional_events.streams import Stream
from transactional_events.topics import IncompatibleError, Topics
from transactional_events.topics import _registration as registration

pytestmark = pytest.mark.anyio


def file(package: str, message: str, field: str, *imports: str) -> str:
    lines = ['syntax = "proto3";', f"package {package};"]
    lines += [f'import "{path}";' for path in imports]
    return "\n".join([*lines, f"message {message} {{", f"  {field}", "}", ""])


@pytest.fixture
async def nested(orders: Stream, kafka: KafkaSettings) -> Stream:
    """A stream whose schema has a nested import; its topic exists, its schemas aren't registered."""
    name = f"test{uuid4().hex}"
    inner = Import(f"{name}/inner.proto", file(name, "Inner", "string id = 1;"), ())
    text = file(name, "Outer", "Inner inner = 1;", inner.subject)
    outer = Import(f"{name}/outer.proto", text, (inner,))
    schema = file(f"{name}.events", "Event", f"{name}.Outer outer = 1;", outer.subject)
    stream = replace(orders, topic=f"test.{name}", schema=schema, imports=(outer,))
    await registration.create_topics([stream], Topics(kafka))
    return stream


def references(infrastructure: Running, subject: str) -> Any:
    """Returns the references of a subject's newest schema, as the registry reports them to any client."""
    url = f"{infrastructure.endpoints.schema_registry_url}/subjects"
    return httpx.get(f"{url}/{subject.replace('/', '%2F')}/versions/latest").json()["references"]


async def test_imports_are_registered_before_their_importers(
    nested: Stream, registry: SchemaRegistry, infrastructure: Running
) -> None:
    [outer] = nested.imports
    [inner] = outer.imports
    before = await registration.check_schemas([nested], registry)
    first = await registration.register_schemas([nested], registry)
    again = await registration.register_schemas([nested], registry)

    assert [state.subject for state in before] == [inner.subject, outer.subject, nested.subject]
    assert {state.outcome for state in before} == {"compatible, not registered"}
    assert {state.outcome for state in first} == {"registered now"}
    assert again == [replace(state, outcome="unchanged") for state in first]
    for schema in (outer, nested):
        [reference] = schema.imports
        assert references(infrastructure, schema.subject) == [
            {"name": reference.subject, "subject": reference.subject, "version": 1}
        ]


async def test_reference_names_the_version_with_the_text_of_the_import(
    nested: Stream, registry: SchemaRegistry, infrastructure: Running
) -> None:
    [outer] = nested.imports
    [inner] = outer.imports
    for_java = inner.schema.replace("message", 'option java_package = "theirs";\nmessage')
    for_go = inner.schema.replace("message", 'option go_package = "theirs";\nmessage')
    await registry.register(replace(inner, schema=for_java))
    [ours, *_] = await registration.register_schemas([nested], registry)
    await registry.register(replace(inner, schema=for_go))

    assert ours.version == 2
    assert references(infrastructure, outer.subject)[0]["version"] == 2
    assert (await registration.register_schemas([nested], registry))[-1].outcome == "unchanged"


async def test_service_does_not_start_while_an_import_is_not_registered(
    nested: Stream, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    [outer] = nested.imports
    [inner] = outer.imports
    with pytest.raises(RegistryError, match=f"{nested.subject}: what it imports is not registered"):
        await registry.register(nested)
    for missing in (inner, outer, nested):
        for start in (outbox_for, schemas_for):
            with pytest.raises(NotRegisteredError, match=f"schema of {missing.subject} is not"):
                await start([nested], kafka, registry)
        await registry.register(missing)
    assert await outbox_for([nested], kafka, registry)


async def test_incompatible_schema_is_rejected_before_its_import_is_registered(
    orders: Stream, registry: SchemaRegistry
) -> None:
    [timestamp] = orders.imports
    missing = replace(timestamp, schema=timestamp.schema.replace("nanos", "nanoseconds"))
    schema = orders.schema.replace("int64 amount", "string amount")
    wrong = replace(orders, schema=schema, imports=(missing,))
    with pytest.raises(IncompatibleError, match=f"{orders.subject} would break its compatibility"):
        await registration.register_schemas([wrong], registry)
    assert await registry.find(missing) is None


async def test_events_written_with_a_schema_without_references_are_handled(
    publishing: Publishing, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    new = replace(publishing.stream, topic=f"test.{uuid4().hex}")
    old = replace(new, imports=())
    [one] = await registration.register_schemas([old], registry)
    await registration.create_topics([old], Topics(kafka))
    with pytest.raises(NotRegisteredError, match=f"{new.subject} is not registered"):
        await schemas_for([new], kafka, registry)
    *_, two = await registration.register_schemas([new], registry)
    started = await outbox_for([old], kafka, registry)  # a copy that is not upgraded yet

    assert (one.version, two.version) == (1, 2)
    assert started.schema_ids == {old.topic: one.schema_id}
    assert two.schema_id != one.schema_id
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(new))
    created = [order_created(), order_created()]
    async with running(consumer):
        for order, version in zip(created, (one, two), strict=True):
            assert version.schema_id
            event = new.wrap(order, key="k", occurred_at=datetime.now(UTC))
            await produce(kafka, new.topic, wire.frame(version.schema_id) + event.payload)
        await recorder.wait_for(2)
    assert sorted(recorder.order_ids) == sorted(order.order_id for order in created)


async def test_restarted_registry_finds_schemas_and_imports_unchanged(
    orders: Stream, nested: Stream, registry: SchemaRegistry, infrastructure: Running
) -> None:
    before = await registration.register_schemas([orders, nested], registry)
    infrastructure.restart("registry")
    after = await registration.register_schemas([orders, nested], registry)
    assert after == [replace(state, outcome="unchanged") for state in before]
