"""What an event costs on its way: the time until a consumer has it, and the broker's CPU.

`./justw bench events` starts PostgreSQL, Kafka and the registry of its own. The peer, in the same run, is a bare
idempotent producer that sends each event at once, read by a bare consumer that commits nothing.
"""

import asyncio
import random
import statistics
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import uvloop
from confluent_kafka import Consumer, TopicPartition
from psycopg import AsyncConnection
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from embedded_stack.servers import SERVERS
from embedded_stack.testing import Running, running
from embedded_stack.topology import load_topology
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from transactional_events.inbox import InboxConsumer, Subscription
from transactional_events.kafka import KafkaSettings, OutgoingRecord, Publisher, headers_of
from transactional_events.process._requirements import outbox_for, schemas_for
from transactional_events.registry import KnownSchemas, RegistrySettings, SchemaRegistry, frame
from transactional_events.relay import Relay
from transactional_events.topics import Topics, create_topics, register_schemas
from transactional_grpc.database import Database, Transaction, open_pool
from transactional_grpc.process import Part

RATES = (20, 150)
"""Events a second, at random moments."""
SECONDS = 5.0
ROUNDS = 3
DRAIN_SECONDS_MAX = 10.0
"""How long the last events may take on a busy machine."""
Db = AsyncConnection[Any]
Publish = Callable[[str], Coroutine[Any, Any, None]]


@dataclass
class Latencies:
    """When events happened and when a reader had them."""

    happened: dict[str, float] = field(default_factory=dict)
    read: dict[str, float] = field(default_factory=dict)

    def milliseconds(self) -> list[float]:
        read = self.read.items()
        # A reader that starts at the oldest record also reads the events of the runs before.
        return sorted((at - self.happened[key]) * 1000 for key, at in read if key in self.happened)


@dataclass(frozen=True)
class Way:
    """How events get from their writer to a reader."""

    name: str
    open: Callable[[Latencies], AbstractAsyncContextManager[Publish]]
    """Returns what publishes an event about an order."""


@dataclass(frozen=True)
class Result:
    """A way at a rate."""

    p50_ms: float
    p99_ms: float
    broker_us: float
    """The broker's CPU per event, beyond what it takes when idle."""


def created(order_id: str) -> OrderCreated:
    return OrderCreated(order_id=order_id, user_id=str(uuid4()), amount=1500, description="Books")


@contextmanager
def bare_consumer(kafka: KafkaSettings, latencies: Latencies) -> Any:
    """Reads the topic from its end on."""
    consumer = Consumer(
        {
            "bootstrap.servers": kafka.bootstrap_servers,
            "group.id": "bench",
            "enable.auto.commit": False,
        }
    )
    partitions = range(ORDER_EVENTS.partitions)
    ends = [
        (number, consumer.get_watermark_offsets(TopicPartition(ORDER_EVENTS.topic, number))[1])
        for number in partitions
    ]
    consumer.assign([TopicPartition(ORDER_EVENTS.topic, number, end) for number, end in ends])
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            record = consumer.poll(0.1)
            if record is not None and record.error() is None:
                latencies.read.setdefault((record.key() or b"").decode(), time.perf_counter())

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        consumer.close()


@asynccontextmanager
async def working(*parts: Part) -> AsyncIterator[None]:
    """Runs parts of a service."""
    stop, ready = asyncio.Event(), [asyncio.Event() for _ in parts]
    tasks = [asyncio.create_task(part(stop, at.set)) for part, at in zip(parts, ready, strict=True)]
    await asyncio.gather(*(at.wait() for at in ready))
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def measure(way: Way, rate: int, broker: psutil.Process, idle: float) -> Result:
    latencies = Latencies()
    async with way.open(latencies) as publish, asyncio.TaskGroup() as tasks:
        await publish(str(uuid4()))
        await asyncio.sleep(1)  # connections and plans are made
        latencies.happened.clear()
        latencies.read.clear()
        began, before = time.perf_counter(), _cpu(broker)
        due, count = began, 0
        while (due := due + random.expovariate(rate)) < began + SECONDS:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(publish(str(uuid4())))
            count += 1
        await drained(latencies, count)
        cpu = _cpu(broker) - before - idle * (time.perf_counter() - began)
    found = latencies.milliseconds()
    assert len(found) == count, f"{way.name}: {len(found)} of {count} events were read"
    return Result(statistics.median(found), found[int(len(found) * 0.99)], cpu / count * 1e6)


async def drained(latencies: Latencies, count: int) -> None:
    """Waits until so many events have happened and are read, for DRAIN_SECONDS_MAX at most."""
    happened, read = latencies.happened, latencies.read
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS_MAX):
            while len(happened) < count or not all(key in read for key in happened):  # noqa: ASYNC110 - a thread reads
                await asyncio.sleep(0.05)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def idle_share(broker: psutil.Process) -> float:
    """Returns the broker's CPU seconds per second without clients."""
    before = _cpu(broker)
    await asyncio.sleep(3)
    return (_cpu(broker) - before) / 3


def ways_of(
    kafka: KafkaSettings, database: Database[Db], relay: Relay, schemas: KnownSchemas, prefix: bytes
) -> list[Way]:
    """Returns the peer and ours."""

    @asynccontextmanager
    async def bare(latencies: Latencies) -> AsyncIterator[Publish]:
        async with Publisher.open(kafka) as publisher:

            async def publish(key: str) -> None:
                event = ORDER_EVENTS.wrap(created(key), key=key, occurred_at=datetime.now(UTC))
                record = OutgoingRecord(
                    event.topic,
                    event.bucket,
                    key.encode(),
                    prefix + event.payload,
                    headers_of(event),
                )
                latencies.happened[key] = time.perf_counter()
                await publisher.publish([record])

            with bare_consumer(kafka, latencies):
                yield publish

    async def write(latencies: Latencies, key: str) -> None:
        async with database.write() as tx:
            ORDER_EVENTS.publish(tx, created(key), key=key)
        latencies.happened[key] = time.perf_counter()

    @asynccontextmanager
    async def relayed(latencies: Latencies) -> AsyncIterator[Publish]:
        async with working(relay.run):
            with bare_consumer(kafka, latencies):
                yield lambda key: write(latencies, key)

    @asynccontextmanager
    async def handled(latencies: Latencies) -> AsyncIterator[Publish]:
        async def note(_: Transaction[Db], events: Sequence[OrderCreated]) -> None:
            now = time.perf_counter()
            latencies.read.update((event.order_id, now) for event in events)

        subscription = Subscription(ORDER_EVENTS, {"OrderCreated": note})
        consumer = InboxConsumer(kafka, "inbox", database, [subscription], schemas)
        async with working(relay.run, consumer.run):
            yield lambda key: write(latencies, key)

    return [
        Way("producer, consumer", bare),
        Way("relay, consumer", relayed),
        Way("relay, inbox", handled),
    ]


async def run(stack: Running) -> None:
    endpoints, broker = stack.endpoints, psutil.Process(stack.pid("kafka"))
    kafka = KafkaSettings(bootstrap_servers=endpoints.kafka_bootstrap_servers)
    url = endpoints.database_url("orders")
    async with (
        SchemaRegistry(RegistrySettings(url=SecretStr(endpoints.schema_registry_url))) as registry,
        open_pool(url, "bench") as pool,
    ):
        await register_schemas([ORDER_EVENTS], registry)
        await create_topics([ORDER_EVENTS], Topics(kafka))
        outbox = await outbox_for([ORDER_EVENTS], kafka, registry)
        schemas = await schemas_for([ORDER_EVENTS], kafka, registry)
        database: Database[Db] = Database(pool, lambda connection: connection, (outbox,))
        relay = Relay(url, kafka, ORDER_EVENTS.partitions, outbox.notifier, "bench")

        prefix = frame(outbox.schema_ids[ORDER_EVENTS.topic])
        ways = ways_of(kafka, database, relay, schemas, prefix)
        for way in ways:  # the broker compiles its code
            await measure(way, RATES[-1], broker, 0)
        results: dict[tuple[int, str], list[Result]] = {}
        for _ in range(ROUNDS):
            idle = await idle_share(broker)
            for rate in RATES:
                for way in ways:
                    result = await measure(way, rate, broker, idle)
                    results.setdefault((rate, way.name), []).append(result)
    report(results, ways[0].name)


def report(results: dict[tuple[int, str], list[Result]], peer: str) -> None:
    """Prints medians of the rounds, and their ratios to the peer's."""
    table = Table("Events/s", "Way", "p50, ms", "ratio", "p99, ms", "broker µs/event", "ratio")
    for (rate, name), rounds in results.items():
        base = results[rate, peer]
        p50 = statistics.median(result.p50_ms for result in rounds)
        p99 = statistics.median(result.p99_ms for result in rounds)
        broker = statistics.median(result.broker_us for result in rounds)
        slower = p50 / statistics.median(result.p50_ms for result in base)
        dearer = broker / statistics.median(result.broker_us for result in base)
        figures = (f"{p50:.1f}", f"{slower:.2f}", f"{p99:.1f}", f"{broker:.0f}", f"{dearer:.2f}")
        table.add_row(str(rate), name, *figures)
    Console(width=110).print(table)


def main() -> None:
    topology = load_topology(Path(__file__).resolve().parents[1] / "topology.toml")
    with running(topology, *SERVERS) as stack:
        stack.migrate()
        uvloop.run(run(stack))


if __name__ == "__main__":
    main()
