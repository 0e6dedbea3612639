"""A process that publishes numbered events of one key and relays them: DATABASE_URL, KAFKA_…, SCHEMA_REGISTRY_URL, TOPIC.

It prints the number of each committed event. At the event KILL_AT it kills itself in front of the method KILL_BEFORE, such as
`Notifier.notify`.
"""

import asyncio
import os
import signal
from dataclasses import dataclass, replace
from typing import Any

from psycopg import AsyncConnection

from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from tests.integration.messaging.harness import order_created
from transactional_events.db.outbox import AsyncQuerier
from transactional_events.kafka import Publisher, kafka_settings
from transactional_events.outbox import Notifier
from transactional_events.process import outbox_for
from transactional_events.registry import RegistrySettings, SchemaRegistry
from transactional_events.relay import Relay
from transactional_grpc.database import Database, open_pool
from transactional_grpc.settings import load

KEY = "00000000-0000-4000-8000-000000000001"
STAGES = (Notifier.notify, Publisher.publish, AsyncQuerier.delete_from_outbox)


@dataclass
class Progress:
    committed: int = 0


progress = Progress()


def kill_before(name: str, number: int) -> None:
    """Makes a method kill the process once so many events are committed."""
    method = next(stage for stage in STAGES if stage.__qualname__ == name)
    owner = {"Notifier": Notifier, "Publisher": Publisher, "AsyncQuerier": AsyncQuerier}[
        name.partition(".")[0]
    ]

    def killing(*args: Any, **kwargs: Any) -> Any:
        if progress.committed >= number:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*args, **kwargs)

    setattr(owner, method.__name__, killing)


async def publish(database: Database[AsyncConnection[Any]], stream: Any) -> None:
    while True:
        async with database.write() as tx:
            stream.publish(tx, order_created(KEY, amount=progress.committed + 1), key=KEY)
            # Counted before the commit, so that the commit's own hand-over is killed, too.
            progress.committed += 1
        print(progress.committed, flush=True)


async def main() -> None:
    stream = replace(ORDER_EVENTS, topic=os.environ["TOPIC"])
    kafka, url = kafka_settings(), os.environ["DATABASE_URL"]
    kill_before(os.environ["KILL_BEFORE"], int(os.environ["KILL_AT"]))
    async with SchemaRegistry(load(RegistrySettings)) as registry, open_pool(url, "test") as pool:
        outbox = await outbox_for([stream], kafka, registry)
        database: Database[AsyncConnection[Any]] = Database(
            pool, lambda connection: connection, (outbox,)
        )
        relay = Relay(url, kafka, stream.partitions, outbox.notifier, "test")
        ready = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(relay.run(asyncio.Event(), ready.set))
            await ready.wait()
            print("ready", flush=True)
            tasks.create_task(publish(database, stream))


if __name__ == "__main__":
    asyncio.run(main())
