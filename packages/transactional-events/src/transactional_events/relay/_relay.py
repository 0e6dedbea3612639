"""The outbox's publishing side: publishes the events that transactions have stored, in order per key.

The life cycle of a relay:

    connecting ──PostgreSQL and a broker respond──▶ announced ──rebalance──▶ publishing ──stop──▶ released
        ▲                                               │                        │
        └── pause of RETRY_SECONDS to RETRY_SECONDS_MAX ┴── any transient error ◀┘

Invariants:

1. A relay announces itself only after a broker has responded. A failed publish ends its session, so the other relays
   publish its share.
2. A row is deleted only after the broker has confirmed its record. A row whose delivery is unknown stays in the
   outbox and is published again, with the same `event_id`.
3. Between two batches nothing is in flight; only then partitions are released or acquired.
4. A stop ends the batch in progress, for at most `draining.DRAIN_SECONDS_MAX`, and then releases the partitions.

Every event that is not parked is on its topic at least once. Ignoring repeats and replays, a transaction's events for
a key appear in the order in which it published them, and those of transactions that conflict on a row in commit order.
That holds although a frozen relay, whose session PostgreSQL has ended, sends the rest of its batch when it continues:

- It can't delete rows, because deletes run in the session that is over.
- Each owner publishes a partition from its oldest row on. The rows before that are deleted, so their records are on
  the topic (or their events are parked).
- A row that its own process has committed is published without a read only if the relay has published every row with
  a lower id of the same partition itself (`CommittedRows`). So that holds after its session is over, too.
- A producer leaves no gap: it publishes a record only after every earlier record for that partition was acknowledged,
  or together with it in one request.
- So whichever producer appends a record, the records of all earlier events of its key are on the topic already.
  Late records of a former owner repeat events, and never come first out of order.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from confluent_kafka import KafkaException
from psycopg import Error, OperationalError

from transactional_events.draining import DrainedError, finish, pause
from transactional_events.kafka import KafkaSettings, Publisher
from transactional_events.kafka import error_text as kafka_error_text
from transactional_events.outbox import Notifier, listen
from transactional_events.relay._batches import Batches
from transactional_events.relay._low_watermarks import LowWatermarks
from transactional_events.relay._ownership import PartitionOwnership
from transactional_events.turns import turn_seconds
from transactional_grpc.database import error_text as database_error_text
from transactional_grpc.repetitions import Repetitions

RETRY_SECONDS = 0.5
RETRY_SECONDS_MAX = 8.0
"""The pause after an error doubles up to this: the brokers keep the state of each session's producer for a day."""
TRANSIENT = (Error, KafkaException, OSError)
"""Transient errors, and those that an operator ends, such as a database that is read-only or a missing right."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Relay:
    """Publishes the events of one database; several relays share its partitions."""

    database_url: str
    kafka: KafkaSettings
    partition_count: int
    """The largest number of partitions among the topics."""
    notifier: Notifier
    name: str

    async def run(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        """Publishes until the stop; retries while the database or the brokers are unavailable."""
        seconds = RETRY_SECONDS
        repetitions = Repetitions()
        while not stop.is_set():
            began = time.monotonic()
            try:
                await finish(self._session(stop, on_ready), stop)
            except DrainedError:
                log.warning("events that were in flight stay in the outbox")
            except TRANSIENT as error:
                text = _text(error)
                if repetitions.is_new(text):
                    log.warning("no events are published now", error=text)
                lasted = time.monotonic() - began
                # Without a database no producer publishes, and a session that lasted has worked.
                if isinstance(error, OperationalError) or lasted > RETRY_SECONDS_MAX:
                    seconds = RETRY_SECONDS
                await pause(stop, seconds)
                seconds = min(2 * seconds, RETRY_SECONDS_MAX)

    async def _session(self, stop: asyncio.Event, on_ready: Callable[[], None]) -> None:
        async with (
            PartitionOwnership.open(
                self.database_url, self.partition_count, self.name
            ) as ownership,
            listen(self.database_url, self.name, self.notifier.notified, ownership.lost),
            Publisher.open(self.kafka) as publisher,
            _calling(self.notifier.local.set, stop),
            # Another relay publishes the rows when the session is over.
            _calling(publisher.abort, ownership.lost),
        ):
            # A relay that can't publish must not claim a share.
            await publisher.connect()
            await ownership.announce()
            low_watermarks = LowWatermarks(ownership)
            batches = Batches(ownership, publisher, low_watermarks, self.notifier)
            try:
                while not (stop.is_set() or ownership.lost.is_set()):
                    if not ownership.is_balanced:
                        await batches.delete_published()
                        await ownership.rebalance(low_watermarks.load)
                        self.notifier.owned = ownership.owned
                        self.notifier.committed.forget()
                    on_ready()
                    await self._turn(batches, stop)
            finally:
                self.notifier.owned = frozenset()
                self.notifier.committed.forget()
            await batches.delete_published()
            await ownership.release(ownership.owned)

    async def _turn(self, batches: Batches, stop: asyncio.Event) -> None:
        began = time.monotonic()
        self.notifier.local.clear()
        count = await batches.publish_next()
        if not count:
            await self._wait(stop, batches.read_at)
        elif not batches.is_full:
            await asyncio.sleep(max(0.0, began + turn_seconds(count) - time.monotonic()))

    async def _wait(self, stop: asyncio.Event, until: float) -> None:
        if not stop.is_set():  # a stop from now on sets `local`
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    await self.notifier.local.wait()


@asynccontextmanager
async def _calling(function: Callable[[], None], event: asyncio.Event) -> AsyncIterator[None]:
    """Calls a function when an event is set within the block.

    One task waits for the event during the whole session: a task for each turn would delay each publication.
    """

    async def call() -> None:
        await event.wait()
        function()

    task = asyncio.create_task(call())
    try:
        yield
    finally:
        task.cancel()


def _text(error: Exception) -> str:
    if isinstance(error, Error):
        return database_error_text(error)
    if isinstance(error, KafkaException):
        return kafka_error_text(error.args[0])
    return str(error)
