"""The event runtime of a service, without the service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from psycopg import AsyncConnection

from shop.orders.events.v1.order_event_pb2 import OrderCreated
from transactional_events.inbox import InboxConsumer, Subscription
from transactional_events.kafka import KafkaSettings
from transactional_events.outbox import Outbox
from transactional_events.process import schemas_for
from transactional_events.registry import SchemaRegistry
from transactional_events.relay import Relay
from transactional_events.streams import Stream
from transactional_grpc.database import Database, Pool, Transaction
from transactional_grpc.process import Part

SECONDS_MAX = 60.0
Db = AsyncConnection[Any]


@asynccontextmanager
async def running(*parts: Part) -> AsyncIterator[None]:
    """Runs parts of a service: enters when all are ready, and leaves when all have drained."""
    stop = asyncio.Event()
    ready = [asyncio.Event() for _ in parts]
    tasks = [
        asyncio.create_task(part(stop, event.set)) for part, event in zip(parts, ready, strict=True)
    ]
    try:
        async with asyncio.timeout(SECONDS_MAX):
            await asyncio.gather(*(event.wait() for event in ready))
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = SECONDS_MAX) -> None:
    """Waits until a condition outside of this process holds."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - another process can't set an Event
            await asyncio.sleep(0.02)


@dataclass
class Publishing:
    """A service that publishes streams; `stream` is the one that `publish` uses."""

    stream: Stream
    pool: Pool
    kafka: KafkaSettings
    registry: SchemaRegistry
    database_url: str
    outbox: Outbox

    @property
    def database(self) -> Database[Db]:
        return Database(self.pool, lambda connection: connection, (self.outbox,))

    @property
    def relay(self) -> Relay:
        partitions = self.stream.partitions
        return Relay(self.database_url, self.kafka, partitions, self.outbox.notifier, "test")

    async def publish(self, *events: OrderCreated, correlation_id: str = "") -> None:
        async with self.database.write(correlation_id) as tx:
            for event in events:
                self.stream.publish(tx, event, key=event.order_id)

    async def waiting(self) -> int:
        """Returns how many events are in the outbox."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute("SELECT count(*) FROM outbox")).fetchone()
        assert row
        return int(row[0])


@dataclass
class Recorder:
    """Handles order events by recording them."""

    handle: Callable[[Transaction[Db], OrderCreated], Awaitable[None]] | None = None
    """Called for each event before it is recorded."""
    runs: list[list[OrderCreated]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def on_order_created(self, tx: Transaction[Db], events: Sequence[OrderCreated]) -> None:
        for event in events:
            if self.handle:
                await self.handle(tx, event)
        # The inbox rows are inserted in a pipeline; awaiting a row raises here if one of them is a duplicate.
        await (await tx.connection.execute("SELECT 1")).fetchone()
        self.runs.append(list(events))
        self.news.set()

    @property
    def order_ids(self) -> list[str]:
        return [event.order_id for run in self.runs for event in run]

    async def wait_for(self, count: int, seconds: float = SECONDS_MAX) -> None:
        async with asyncio.timeout(seconds):
            while len(self.order_ids) < count:
                self.news.clear()
                await self.news.wait()

    def subscription(self, stream: Stream) -> Subscription[Db]:
        return Subscription(stream, {"OrderCreated": self.on_order_created})


async def empty(publishing: Publishing) -> bool:
    return await publishing.waiting() == 0


async def consuming(
    publishing: Publishing, subscription: Subscription[Db], group: str | None = None
) -> Part:
    """Returns a consumer of the stream of a subscription, on the database of the publishing service."""
    schemas = await schemas_for([subscription.stream], publishing.kafka, publishing.registry)
    name = group or f"test-{uuid4().hex}"
    return InboxConsumer(publishing.kafka, name, publishing.database, [subscription], schemas).run


def order_created(order_id: str = "", amount: int = 100, description: str = "") -> OrderCreated:
    return OrderCreated(
        order_id=order_id or str(uuid4()),
        user_id=str(uuid4()),
        amount=amount,
        description=description,
    )


@asynccontextmanager
async def notifying(publishing: Publishing) -> AsyncIterator[None]:
    """Sends NOTIFY for events of this process, whose relays run in other processes."""
    task = asyncio.create_task(publishing.outbox.notifier.run(publishing.pool))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
