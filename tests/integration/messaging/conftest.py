"""Fixtures with a real broker, registry and database: each test has its own topics and database."""

import subprocess
import sysconfig
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import SecretStr

import transactional_events
import transactional_grpc
from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.payments.events.v1.payment_event_kafka import PAYMENT_EVENTS
from tests.integration.messaging.harness import Publishing
from transactional_events.kafka import KafkaSettings
from transactional_events.process import outbox_for
from transactional_events.registry import RegistrySettings, SchemaRegistry
from transactional_events.streams import Stream
from transactional_events.topics import Topics
from transactional_events.topics import _registration as registration
from transactional_grpc.database import Pool, open_pool

DBMATE = Path(sysconfig.get_path("scripts")) / "dbmate"
MIGRATIONS = [
    word
    for module in (transactional_events, transactional_grpc)
    for word in ("--migrations-dir", str(Path(module.__path__[0], "sql", "schema")))
]
"""The migrations of both libraries."""


@pytest.fixture
def database_url(infrastructure: Running) -> Iterator[str]:
    """A database with the messaging tables."""
    server = infrastructure.endpoints.superuser_database_url
    name = f"messaging_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        info = conninfo_to_dict(server)
        url = f"postgres://{info['user']}:{info.get('password', '')}@{info['host']}:{info['port']}/{name}"
        subprocess.run(
            [DBMATE, *MIGRATIONS, "--no-dump-schema", "migrate"],
            check=True,
            env={"DATABASE_URL": f"{url}?sslmode=disable"},
            capture_output=True,
        )
    yield make_conninfo(server, dbname=name)
    # The test may have restarted the server, which breaks connections made before it.
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with open_pool(database_url, "test") as opened:
        yield opened


@pytest.fixture
def kafka(infrastructure: Running) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=infrastructure.endpoints.kafka_bootstrap_servers)


@pytest.fixture
async def registry(infrastructure: Running) -> AsyncIterator[SchemaRegistry]:
    url = infrastructure.endpoints.schema_registry_url
    async with SchemaRegistry(RegistrySettings(url=SecretStr(url))) as opened:
        yield opened


@pytest.fixture
async def orders(kafka: KafkaSettings, registry: SchemaRegistry) -> Stream:
    """The stream of order events, on a topic that only this test uses."""
    return await fresh(ORDER_EVENTS, kafka, registry)


@pytest.fixture
async def payments(kafka: KafkaSettings, registry: SchemaRegistry) -> Stream:
    """The stream of payment events, on a topic that only this test uses."""
    return await fresh(PAYMENT_EVENTS, kafka, registry)


async def fresh(stream: Stream, kafka: KafkaSettings, registry: SchemaRegistry) -> Stream:
    own = replace(stream, topic=f"test.{uuid4().hex}")
    await registration.register_schemas([own], registry)
    await registration.create_topics([own], Topics(kafka))
    return own


@pytest.fixture
def publishing_of(
    pool: Pool, kafka: KafkaSettings, registry: SchemaRegistry, database_url: str
) -> Callable[..., Awaitable[Publishing]]:
    """Returns a factory of services that publish the given streams; `publish` uses the first one."""

    async def make(*streams: Stream) -> Publishing:
        outbox = await outbox_for(streams, kafka, registry)
        return Publishing(streams[0], pool, kafka, registry, database_url, outbox)

    return make


@pytest.fixture
async def publishing(
    orders: Stream, publishing_of: Callable[..., Awaitable[Publishing]]
) -> Publishing:
    """A service that publishes order events."""
    return await publishing_of(orders)
