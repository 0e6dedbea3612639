"""How fast a relay drains an outbox, and whether that depends on how much is in it.

`python bench/outbox.py` starts PostgreSQL, Kafka and the registry of its own. The peer, in the same
run, is a bare idempotent producer that sends the same records from memory in the same batches.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import uvloop
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from embedded_stack.servers import SERVERS
from embedded_stack.testing import Endpoints, running
from embedded_stack.topology import load_topology
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from transactional_events.kafka import KafkaSettings, OutgoingRecord, Publisher, headers_of
from transactional_events.outbox import Outbox
from transactional_events.process import outbox_for
from transactional_events.registry import RegistrySettings, SchemaRegistry
from transactional_events.relay import BATCH_SIZE, Relay
from transactional_events.streams import OutgoingEvent
from transactional_events.topics import Topics, create_topics, register_schemas
from transactional_grpc.database import open_pool

SIZES = (20_000, 200_000)
FILL_BATCH = 2000
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Drain:
    """One outbox, drained."""

    events: int
    seconds: float
    memory_growth: int

    @property
    def microseconds(self) -> float:
        return self.seconds / self.events * 1e6


def event() -> OutgoingEvent:
    created = OrderCreated(
        order_id=str(uuid4()), user_id=str(uuid4()), amount=1500, description="Two books"
    )
    return ORDER_EVENTS.wrap(created, key=created.order_id, occurred_at=datetime.now(UTC))


async def fill(url: str, outbox: Outbox, count: int) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for _ in range(count // FILL_BATCH):
            await outbox.store(connection, [event() for _ in range(FILL_BATCH)])


async def drain(url: str, kafka: KafkaSettings, outbox: Outbox, count: int) -> Drain:
    await fill(url, outbox, count)
    memory = psutil.Process().memory_info
    stop, ready = asyncio.Event(), asyncio.Event()
    relay = Relay(url, kafka, ORDER_EVENTS.partitions, outbox.notifier, "bench")
    before, began = memory().rss, time.perf_counter()
    work = asyncio.create_task(relay.run(stop, ready.set))
    highest = before
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while True:
            found = await connection.execute("SELECT EXISTS (SELECT FROM outbox)")
            highest = max(highest, memory().rss)
            if await found.fetchone() == (False,):
                break
            await asyncio.sleep(0.05)
    seconds = time.perf_counter() - began
    stop.set()
    await work
    return Drain(count, seconds, highest - before)


async def peer(kafka: KafkaSettings, count: int) -> Drain:
    events = [event() for _ in range(count)]
    records = [
        OutgoingRecord(row.topic, row.bucket, row.key.encode(), row.payload, headers_of(row))
        for row in events
    ]
    publisher = Publisher(kafka)
    began = time.perf_counter()
    for start in range(0, count, BATCH_SIZE):
        await publisher.publish(records[start : start + BATCH_SIZE])
    seconds = time.perf_counter() - began
    await publisher.close()
    return Drain(count, seconds, 0)


async def measure(endpoints: Endpoints) -> None:
    kafka = KafkaSettings(bootstrap_servers=endpoints.kafka_bootstrap_servers)
    url = endpoints.database_url("orders")
    async with (
        SchemaRegistry(RegistrySettings(url=SecretStr(endpoints.schema_registry_url))) as registry,
        open_pool(url, "bench"),
    ):
        await register_schemas([ORDER_EVENTS], registry)
        await create_topics([ORDER_EVENTS], Topics(kafka))
        outbox = await outbox_for([ORDER_EVENTS], kafka, registry)
        await drain(url, kafka, outbox, FILL_BATCH)  # warms everything up
        bare = await peer(kafka, SIZES[0])
        drains = [await drain(url, kafka, outbox, size) for size in SIZES]
    table = Table("", "Events", "µs per event", "Ratio to the producer", "Memory grew by, MiB")
    for name, result in [("bare producer", bare), *(("relay", result) for result in drains)]:
        ratio = result.microseconds / bare.microseconds
        grew = f"{result.memory_growth / MEBIBYTE:.1f}"
        table.add_row(
            name, f"{result.events:,}", f"{result.microseconds:.1f}", f"{ratio:.2f}", grew
        )
    Console().print(table)


def main() -> None:
    with running(
        load_topology(Path(__file__).resolve().parents[1] / "topology.toml"), *SERVERS
    ) as stack:
        stack.migrate()
        uvloop.run(measure(stack.endpoints))


if __name__ == "__main__":
    main()
