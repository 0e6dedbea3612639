"""A consumer in a process of its own, for tests that kill or stop it: DATABASE_URL, KAFKA_…, TOPIC.

Its handler has an effect that would show if it happened twice.
"""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from psycopg import AsyncConnection

from runtime.database import Database
from runtime.messaging.consuming import Consuming
from runtime.messaging.dispatch import Subscription
from runtime.messaging.outbox import Outbox
from runtime.messaging.registry import SchemaRegistry
from runtime.messaging.settings import RegistrySettings, kafka_settings
from runtime.messaging.start import schemas_for
from runtime.pool import open_pool
from runtime.settings import load
from runtime.transaction import Transaction
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderCreated


async def note(tx: Transaction[AsyncConnection[Any]], events: Sequence[OrderCreated]) -> None:
    for event in events:
        await tx.connection.execute("INSERT INTO effects VALUES (%s)", (event.order_id,))


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    stream = replace(ORDER_EVENTS, topic=os.environ["TOPIC"])
    kafka = kafka_settings()
    async with (
        SchemaRegistry(load(RegistrySettings)) as registry,
        open_pool(os.environ["DATABASE_URL"], "test") as pool,
    ):
        schemas = await schemas_for([stream], kafka, registry)
        database = Database(pool, lambda connection: connection, Outbox({}))
        subscription = Subscription(stream, {"OrderCreated": note})
        consuming = Consuming(kafka, stream.topic, database, [subscription], schemas)
        await consuming.run(stop, lambda: print("ready", flush=True))


asyncio.run(main())
