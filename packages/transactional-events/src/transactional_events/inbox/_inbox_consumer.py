"""The consumer of a service: it passes records of its topics to the inbox, and commits their offsets."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog
from confluent_kafka import KafkaException
from confluent_kafka import Message as Record

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
                await self._consume(stop, on_ready)
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
                        await finish(_handle(inbox, consumer, batch), stop)
                        consumer.handled(batch)
            finally:
                await consumer.close()


async def _handle(inbox: Inbox[D], consumer: BatchConsumer, batch: Sequence[Record]) -> None:
    handling = asyncio.create_task(inbox.handle(batch))
    paused = False
    try:
        while not (await asyncio.wait((handling,), timeout=PAUSE_SECONDS))[0]:
            paused = True
            await consumer.pause()
        handling.result()
    finally:
        handling.cancel()
        if paused:
            await consumer.resume()
