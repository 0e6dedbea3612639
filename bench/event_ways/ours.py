"""Our ways: the outbox and its relay, read by the bare consumer or handled by the inbox consumer."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from bench.event_ways.bare import bare_consumer
from bench.event_ways.way import Latencies, Publish, created
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from transactional_events.inbox import InboxConsumer, Subscription
from transactional_events.kafka import KafkaSettings
from transactional_events.registry import KnownSchemas
from transactional_events.relay import Relay
from transactional_grpc.database import Database, Transaction
from transactional_grpc.process import Part

Db = AsyncConnection[Any]


@dataclass(frozen=True)
class Ours:
    """The parts of a service that publish its events and handle them."""

    kafka: KafkaSettings
    database: Database[Db]
    relay: Relay
    schemas: KnownSchemas

    @asynccontextmanager
    async def relayed(self, latencies: Latencies) -> AsyncIterator[Publish]:
        """Returns what commits an event that the relay publishes and the bare consumer reads."""
        async with working(self.relay.run):
            with bare_consumer(self.kafka, latencies):
                yield lambda key: self._write(latencies, key)

    @asynccontextmanager
    async def handled(self, latencies: Latencies) -> AsyncIterator[Publish]:
        """Returns what commits an event that the relay publishes and a handler of the inbox gets."""

        async def note(_: Transaction[Db], events: Sequence[OrderCreated]) -> None:
            now = time.perf_counter()
            latencies.read.update((event.order_id, now) for event in events)

        subscription = Subscription(ORDER_EVENTS, {"OrderCreated": note})
        consumer = InboxConsumer(self.kafka, "inbox", self.database, [subscription], self.schemas)
        async with working(self.relay.run, consumer.run):
            yield lambda key: self._write(latencies, key)

    async def _write(self, latencies: Latencies, key: str) -> None:
        """The event happens when its transaction has been committed."""
        async with self.database.write() as tx:
            ORDER_EVENTS.publish(tx, created(key), key=key)
        latencies.happened[key] = time.perf_counter()


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
