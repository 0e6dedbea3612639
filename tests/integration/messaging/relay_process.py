"""A relay as a separate process, for tests that kill or stop it: DATABASE_URL, KAFKA_…, BUCKETS."""

import asyncio
import os
import signal

from transactional_events.kafka import kafka_settings
from transactional_events.outbox import Notifier
from transactional_events.relay import Relay


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    buckets = int(os.environ["BUCKETS"])
    relay = Relay(os.environ["DATABASE_URL"], kafka_settings(), buckets, Notifier(), "test")
    ready = asyncio.Event()
    work = asyncio.create_task(relay.run(stop, ready.set))
    await ready.wait()
    print("ready", flush=True)
    await work


asyncio.run(main())
