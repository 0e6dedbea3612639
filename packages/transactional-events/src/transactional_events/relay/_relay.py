"""The outbox's reading side: publishes what transactions stored, in order per key."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import structlog
from confluent_kafka import KafkaException
from psycopg import Error, OperationalError

from transactional_events.draining import DrainedError, finish, pause
from transactional_events.kafka import _errors as kafka_errors
from transactional_events.kafka._fenced_publisher import FencedPublisher
from transactional_events.kafka._settings import KafkaSettings
from transactional_events.outbox._listener import listen
from transactional_events.outbox._notifier import Wakeups
from transactional_events.relay._batches import Batches
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import Buckets
from transactional_events.relay._takeover import Takeover
from transactional_grpc.database import _errors as database_errors
from transactional_grpc.repetitions import Repetitions

POLL_SECONDS = 1.0
"""How long an event waits when its wake-up got lost, or when its relay died."""
RETRY_SECONDS = 0.5
RETRY_SECONDS_MAX = 8.0
"""What is refused at once is tried less and less eagerly: each session has the broker learn a name."""
TROUBLE = (Error, KafkaException, OSError)
"""Passes, or is the operator's to mend: a database that is read-only for now, a missing right."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Relay:
    """Publishes the events of one database; several relays share the work by buckets."""

    database_url: str
    kafka: KafkaSettings
    bucket_count: int
    """The largest number of partitions among the topics."""
    wakeups: Wakeups
    name: str

    async def run(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        """Publishes until the stop; whatever is down meanwhile is waited for."""
        seconds = RETRY_SECONDS
        repetitions = Repetitions()
        while not stop.is_set():
            began = time.monotonic()
            try:
                await finish(self._session(stop, on_ready), stop)
            except DrainedError:
                log.warning("events that were in flight stay in the outbox")
            except TROUBLE as error:
                text = _one_line(error)
                if repetitions.is_new(text):
                    log.warning("no events are published now", error=text)
                lasted = time.monotonic() - began
                # Without a database the broker learns no name, and a session that lasted has worked.
                if isinstance(error, OperationalError) or lasted > RETRY_SECONDS_MAX:
                    seconds = RETRY_SECONDS
                await pause(stop, seconds)
                seconds = min(2 * seconds, RETRY_SECONDS_MAX)

    async def _session(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        # Of this session alone: whoever fences a former one does not hit the living.
        name = f"{self.name}.outbox.{uuid4()}"
        async with (
            Buckets.open(self.database_url, self.bucket_count, self.name) as buckets,
            listen(self.database_url, self.name, self.wakeups.here, buckets.lost),
            FencedPublisher.open(self.kafka, name) as publisher,
        ):
            # Not before a broker is there: what this relay can't publish is the others' share.
            await buckets.join()
            low_watermarks = LowWatermarks(buckets)
            takeover = Takeover(buckets, low_watermarks, self.kafka, name)
            # Before the broker learns the name: a database that takes no rows costs it none.
            await buckets.settle(takeover.take)
            await publisher.take_name()
            batches = Batches(buckets, publisher, low_watermarks)
            try:
                while not (stop.is_set() or buckets.lost.is_set()):
                    await buckets.settle(takeover.take)
                    self.wakeups.owned = buckets.owned
                    on_ready()
                    self.wakeups.here.clear()
                    if not await batches.publish_next():
                        await self._wait(stop)
            finally:
                self.wakeups.owned = frozenset()
            await buckets.give_back(buckets.owned)

    async def _wait(self, stop: asyncio.Event) -> None:
        stopping = asyncio.create_task(stop.wait())
        woken = asyncio.create_task(self.wakeups.here.wait())
        both = (stopping, woken)
        await asyncio.wait(both, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()


def _one_line(error: Exception) -> str:
    if isinstance(error, Error):
        return database_errors.one_line(error)
    if isinstance(error, KafkaException):
        return kafka_errors.one_line(error.args[0])
    return str(error)
