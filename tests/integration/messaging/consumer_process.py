"""A consumer as a separate process, for tests that kill or stop it: DATABASE_URL, KAFKA_…, TOPIC.

Its handler inserts a row without a unique key, so that a second execution is visible.
"""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from psycopg import AsyncConnection

from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from transactional_events.inbox import InboxConsumer, Subscription
from transactional_events.kafka import kafka_settings
from transactional_events.outbox import Outbox
from transactional_events.process import schemas_for
from transactional_events.registry import RegistrySettings, SchemaRegistry
from transactional_grpc.database import Database, Transaction, open_pool
from transactional_grpc.settings import load


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
        database = Database(pool, lambda connection: connection, (Outbox({}),))
        subscription = Subscription(stream, {"OrderCreated": note})
        consuming = InboxConsumer(kafka, stream.topic, database, [subscription], schemas)
        await consuming.run(stop, lambda: print("ready", flush=True))


asyncio.run(main())
