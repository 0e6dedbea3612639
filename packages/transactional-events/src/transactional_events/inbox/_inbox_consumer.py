"""The consumer of a service: it passes records of its topics to the inbox, and commits their offsets."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog
from confluent_kafka import KafkaException

from transactional_events.dead_letters import DeadLetterProducer
from transactional_events.draining import DrainedError, finish, pause
from transactional_events.inbox._inbox import Inbox
from transactional_events.inbox._subscription import Subscription
from transactional_events.kafka import BatchConsumer, KafkaSettings, Publisher, error_text
from transactional_events.registry import KnownSchemas
from transactional_grpc.database import Database
from transactional_grpc.repetitions import Repetitions

PAUSE_SECONDS = 1.0
"""After this much time with one batch the consumer polls while paused, so that the group doesn't count it as dead."""
RETRY_SECONDS = 0.5

D = TypeVar("D")
log = structlog.get_logger()


@dataclass(frozen=True)
class InboxConsumer(Generic[D]):
    """Consumes topics for one service; its copies share the partitions."""

    kafka: KafkaSettings
    group: str
    database: Database[D]
    subscriptions: Sequence[Subscription[D]]
    schemas: KnownSchemas

    async def run(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        """Handles events until the stop, and then ends the batch in progress."""
        repetitions = Repetitions()
        while not stop.is_set():
            try:
                await finish(self._consume(stop, on_ready), stop)
            except DrainedError:
                log.warning("a batch was given up; the broker delivers it again")
            except KafkaException as error:
                text = error_text(error.args[0])
                if repetitions.is_new(text):
                    log.warning("no events are handled now", error=text)
                await pause(stop, RETRY_SECONDS)

    async def _consume(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        streams = {
            subscription.stream.topic: subscription.stream for subscription in self.subscriptions
        }
        async with Publisher.open(self.kafka) as publisher:
            dead_letters = DeadLetterProducer(publisher, self.group, streams)
            inbox = Inbox(self.database, self.subscriptions, self.schemas, dead_letters)
            consumer = BatchConsumer(self.kafka, self.group, list(streams), on_ready)
            try:
                await consumer.subscribe()
                while not stop.is_set():
                    if batch := await consumer.batch():
                        async with _pauses(consumer):
                            await inbox.handle(batch)
                        consumer.handled(batch)
            finally:
                await consumer.close()


@asynccontextmanager
async def _pauses(consumer: BatchConsumer) -> AsyncIterator[None]:
    """Pauses the consumer every PAUSE_SECONDS within the block, and resumes it afterwards if it was paused."""
    pausing: asyncio.Task[None] | None = None

    def begin() -> None:
        nonlocal pausing
        pausing = asyncio.create_task(_pause_forever(consumer))

    # Almost every batch takes less time. A task for each of them would delay it.
    timer = asyncio.get_running_loop().call_later(PAUSE_SECONDS, begin)
    try:
        yield
    finally:
        timer.cancel()
        if pausing:
            pausing.cancel()
            with suppress(asyncio.CancelledError):
                await pausing
            await consumer.resume()


async def _pause_forever(consumer: BatchConsumer) -> None:
    while True:
        await consumer.pause()
        await asyncio.sleep(PAUSE_SECONDS)
