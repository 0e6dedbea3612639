"""Registration of schemas and topics at deployment, and the checks of services that start."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from structlog.typing import EventDict

from embedded_stack.servers import KAFKA, REGISTRY
from embedded_stack.testing import Running, free_ports
from tests.integration.messaging.harness import eventually
from transactional_events.kafka import KafkaSettings
from transactional_events.process import NotRegisteredError, outbox_for, schemas_for
from transactional_events.registry import (
    RegistryError,
    RegistrySettings,
    RegistryUnavailableError,
    SchemaRegistry,
)
from transactional_events.streams import Stream
from transactional_events.topics import IncompatibleError, TopicError, Topics
from transactional_events.topics import _registration as registration

pytestmark = pytest.mark.anyio


async def test_repeated_registration_changes_nothing(
    orders: Stream, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    imported, first = await registration.register_schemas([orders], registry)
    topics = await registration.create_topics([orders], Topics(kafka))
    assert (imported.subject, imported.outcome) == ("google/protobuf/timestamp.proto", "unchanged")
    assert (first.version, first.outcome) == (1, "unchanged")
    assert await registration.check_schemas([orders], registry) == [
        replace(imported, outcome="registered"),
        replace(first, outcome="registered"),
    ]
    assert {topic.outcome for topic in topics} == {"unchanged"}


async def test_added_field_registers_a_new_version(
    orders: Stream, registry: SchemaRegistry
) -> None:
    amount = "int64 amount = 3;"
    more = replace(orders, schema=orders.schema.replace(amount, f"{amount}\n  int64 tip = 9;"))
    *_, second = await registration.register_schemas([more], registry)
    assert (second.version, second.outcome) == (2, "registered now")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("int64 amount = 3;", "string amount = 3;"),
        ("  string description = 4;\n", ""),
        ("google.protobuf.Timestamp occurred_at", "string occurred_at"),
    ],
)
async def test_changed_or_removed_field_is_rejected_as_incompatible(
    orders: Stream, registry: SchemaRegistry, old: str, new: str
) -> None:
    wrong = replace(orders, schema=orders.schema.replace(old, new))
    assert wrong != orders
    for step in (registration.check_schemas, registration.register_schemas):
        with pytest.raises(
            IncompatibleError, match=f"{orders.subject} would break its compatibility rule: "
        ):
            await step([wrong], registry)
    assert await registry.find(wrong) is None


async def test_topic_that_differs_from_its_contract_is_an_error(
    orders: Stream, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    fewer = replace(orders, partitions=7)
    shorter = replace(orders, retention=orders.retention / 2)
    topics = Topics(kafka)
    with pytest.raises(TopicError, match=f"{orders.topic} has 12 partitions"):
        await outbox_for([fewer], kafka, registry)
    with pytest.raises(TopicError, match=f"{orders.topic} has 12 partitions"):
        await registration.create_topics([fewer], topics)
    with pytest.raises(IncompatibleError, match=r"retention\.ms is 604800000, not 302400000"):
        await registration.create_topics([shorter], topics)


async def test_service_does_not_start_without_topic_or_schema(
    orders: Stream, kafka: KafkaSettings, registry: SchemaRegistry
) -> None:
    no_topic = replace(orders, topic="test.none")
    other_schema = replace(orders, schema=orders.schema.replace("description", "text"))
    with pytest.raises(TopicError, match=r"topic test\.none is missing: run"):
        await outbox_for([no_topic], kafka, registry)
    with pytest.raises(NotRegisteredError, match=f"{orders.subject} is not registered"):
        await schemas_for([other_schema], kafka, registry)


async def test_error_names_the_url_of_an_unreachable_registry(orders: Stream) -> None:
    async with SchemaRegistry(RegistrySettings(url=SecretStr("http://127.0.0.1:1"))) as nowhere:
        with pytest.raises(
            RegistryUnavailableError, match=r"cannot reach .* http://127\.0\.0\.1:1"
        ):
            await nowhere.find(orders)


@asynccontextmanager
async def registry_at(port: int, *responses: bytes) -> AsyncIterator[SchemaRegistry]:
    """Serves a registry that sends these responses in turn, and then repeats the last one."""
    left = list(responses)

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head, body = (left.pop(0) if len(left) > 1 else left[0]).split(b" {", 1)
        length = f"Content-Length: {len(body) + 1}\r\nConnection: close".encode()
        writer.write(b"HTTP/1.1 " + head + b"\r\n" + length + b"\r\n\r\n{" + body)
        writer.close()

    url = SecretStr(f"http://registry:hunter2@127.0.0.1:{port}")
    async with (
        await asyncio.start_server(respond, "127.0.0.1", port),
        SchemaRegistry(RegistrySettings(url=url)) as registry,
    ):
        yield registry


async def test_service_start_waits_for_an_unavailable_registry(
    orders: Stream, kafka: KafkaSettings
) -> None:
    [port] = free_ports(1)
    found = b'200 OK {"subject": "x", "version": 1, "id": 7}'
    busy = b'503 Service Unavailable {"message": "starting"}'
    with capture_logs() as logs:
        async with SchemaRegistry(
            RegistrySettings(url=SecretStr(f"http://127.0.0.1:{port}"))
        ) as registry:
            starting = asyncio.create_task(outbox_for([orders], kafka, registry))
            await eventually(partial(is_logged, logs))
            await asyncio.wait((starting,), timeout=0.5)  # time for more attempts
            async with registry_at(port, busy, found):
                outbox = await starting
    assert outbox.schema_ids == {orders.topic: 7}
    waits = [line["reason"] for line in logs if line["event"] == "waiting"]
    assert [
        next(text for text in ("cannot reach", "starting") if text in reason) for reason in waits
    ] == [
        "cannot reach",
        "starting",
    ]


async def is_logged(logs: list[EventDict]) -> bool:
    return bool(logs)


@pytest.mark.parametrize("status", [b"401 Unauthorized", b"403 Forbidden"])
async def test_rejected_registry_credentials_end_the_start(
    orders: Stream, kafka: KafkaSettings, status: bytes
) -> None:
    [port] = free_ports(1)
    async with registry_at(port, status + b' {"message": "who are you?"}') as registry:
        with pytest.raises(RegistryError, match=r"check SCHEMA_REGISTRY_BASIC_AUTH") as rejected:
            await outbox_for([orders], kafka, registry)
    assert "who are you?" in str(rejected.value)
    assert "hunter2" not in str(rejected.value)


async def test_json_of_another_api_is_an_error_that_names_the_url(orders: Stream) -> None:
    [port] = free_ports(1)
    async with registry_at(port, b"200 OK {}") as other:
        with pytest.raises(
            RegistryError, match=f"Confluent's API start at http://127.0.0.1:{port}"
        ):
            await other.find(orders)


async def test_html_page_instead_of_a_registry_is_an_error_that_names_the_url() -> None:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>")
        writer.close()

    server = await asyncio.start_server(respond, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, SchemaRegistry(RegistrySettings(url=SecretStr(url))) as page:
        with pytest.raises(RegistryError, match=f"does Confluent's API start at {url}"):
            await page.subjects_of(1)


def test_commands_register_and_check_the_schemas_of_the_contracts(infrastructure: Running) -> None:
    environment = os.environ | infrastructure.endpoints.environment([KAFKA, REGISTRY])
    run = [sys.executable, "-m", "events"]
    for command in ("register", "check"):
        done = subprocess.run(
            [*run, command], env=environment, check=True, capture_output=True, text=True
        )
        assert "google/protobuf/timestamp.proto" in done.stdout
        assert "shop.orders.events.v1-value" in done.stdout
    failed = subprocess.run(
        [*run, "register"],
        env=environment | {"KAFKA_SASL_MECHANIC": "PLAIN"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert failed.returncode == 1
    assert failed.stderr == 'KAFKA_SASL_MECHANIC: No such configuration property: "sasl.mechanic"\n'
