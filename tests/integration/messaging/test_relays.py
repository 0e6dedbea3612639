"""Several relays on one outbox keep the order of each key, even if one of them is killed, frozen or cut off."""

import asyncio
import random
import signal
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import pytest
from psycopg.pq.abc import PGconn

from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_pb2 import OrderEvent
from tests.integration.messaging.harness import (
    Publishing,
    empty,
    eventually,
    notifying,
    order_created,
    running,
)
from tests.integration.messaging.kafka_topic import records
from tests.integration.messaging.processes import process
from transactional_events.db.buckets import AsyncQuerier
from transactional_events.kafka import ID, KafkaSettings, header
from transactional_events.outbox import Notifier
from transactional_events.relay._ownership import PartitionOwnership

pytestmark = pytest.mark.anyio

KEYS = [f"00000000-0000-4000-8000-{number:012}" for number in range(24)]
TAKEOVER_SECONDS_MAX = 8.0


async def publish_in_order(publishing: Publishing, rounds: int) -> None:
    """Publishes numbered events for each key; transactions of different keys run concurrently."""

    async def one(key: str) -> None:
        for number in range(1, rounds + 1):
            await publishing.publish(order_created(key, amount=number))
            await asyncio.sleep(random.uniform(0, 0.01))

    await asyncio.gather(*map(one, KEYS))


async def numbers_by_key(publishing: Publishing) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for record in await records(publishing.kafka, publishing.stream.topic):
        event = OrderEvent.FromString((record.value() or b"")[6:]).order_created
        numbers[event.order_id].append(event.amount)
    return numbers


async def ids(publishing: Publishing) -> set[str]:
    """Returns the ids of the events on the topic; a repeated record has the id of the first one."""
    return {
        header(record, ID) for record in await records(publishing.kafka, publishing.stream.topic)
    }


async def relayed(publishing: Publishing, count: int) -> bool:
    """Returns whether the relays have published this many events of `publish_in_order`."""
    return sum(map(len, (await numbers_by_key(publishing)).values())) >= count


async def test_relays_share_partitions_and_keep_the_order_of_each_key(
    publishing: Publishing, infrastructure: Running
) -> None:
    async with (
        process("relay_process", publishing, infrastructure),
        process("relay_process", publishing, infrastructure),
        running(publishing.relay.run),
        notifying(publishing),
    ):
        await eventually(lambda: owns(publishing, 4))
        await publish_in_order(publishing, 20)
        await eventually(lambda: empty(publishing))
    assert await numbers_by_key(publishing) == {key: list(range(1, 21)) for key in KEYS}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_killed_or_frozen_relay_is_replaced(
    publishing: Publishing, infrastructure: Running, number: signal.Signals
) -> None:
    async with (
        process("relay_process", publishing, infrastructure) as other,
        running(publishing.relay.run),
        notifying(publishing),
    ):
        await eventually(lambda: owns(publishing, 6))
        writing = asyncio.create_task(publish_in_order(publishing, 60))
        await eventually(lambda: relayed(publishing, len(KEYS)))
        assert not writing.done(), "the relay must go silent while events are written"
        other.send_signal(number)
        await eventually(lambda: owns(publishing, 12), TAKEOVER_SECONDS_MAX)
        await writing
        await eventually(lambda: empty(publishing))
        if number is signal.SIGSTOP:
            other.send_signal(signal.SIGCONT)
            await eventually(lambda: owns(publishing, 6))
            await publishing.publish(*(order_created(key, amount=61) for key in KEYS))
            await eventually(lambda: empty(publishing))
    last = [61] * (number is signal.SIGSTOP)
    first_records = {
        key: list(dict.fromkeys(numbers))
        for key, numbers in (await numbers_by_key(publishing)).items()
    }
    assert first_records == {key: [*range(1, 61), *last] for key in KEYS}
    assert len(await ids(publishing)) == len(KEYS) * (60 + len(last))


def in_a_transaction(relay: PGconn) -> None:
    relay.send_query(b"BEGIN")


def with_an_unread_response(relay: PGconn) -> None:
    relay.send_query(b"SELECT repeat('x', 1000000) FROM generate_series(1, 100)")


def with_a_query_half_sent(relay: PGconn) -> None:
    """Sends part of a pipeline, as a machine does that dies before it has sent the last packet."""
    relay.enter_pipeline_mode()
    relay.send_query_params(b"SELECT 1", None)
    relay.send_flush_request()
    relay.flush()


async def test_relay_polls_for_events_without_notify(
    publishing: Publishing, infrastructure: Running
) -> None:
    async with process("relay_process", publishing, infrastructure):
        await publishing.publish(order_created())
        await eventually(lambda: empty(publishing))
    assert len(await records(publishing.kafka, publishing.stream.topic)) == 1


@pytest.mark.parametrize(
    "begin", [in_a_transaction, with_an_unread_response, with_a_query_half_sent]
)
async def test_relay_that_freezes_during_a_query_is_replaced(
    publishing: Publishing, begin: Callable[[PGconn], None]
) -> None:
    """PostgreSQL doesn't count these sessions as idle, so its idle timeouts don't end them."""
    count = publishing.stream.partitions
    # No heartbeat is sent while this session is held.
    async with (
        PartitionOwnership.open(publishing.database_url, count, "test") as buckets,
        buckets.session(),
    ):
        taken = await AsyncQuerier(buckets._connection).acquire_buckets(buckets=list(range(count)))
        assert len(taken) == count
        begin(buckets._connection.pgconn)
        async with running(publishing.relay.run):
            await eventually(lambda: owns(publishing, count), TAKEOVER_SECONDS_MAX)
        await buckets._connection.close()


async def test_relay_that_reaches_no_broker_acquires_no_partitions(publishing: Publishing) -> None:
    nowhere = KafkaSettings(bootstrap_servers="127.0.0.1:1")
    cut_off = replace(publishing.relay, kafka=nowhere, notifier=Notifier(), name="cut off")
    task = asyncio.create_task(cut_off.run(asyncio.Event(), lambda: None))
    await eventually(lambda: has_session(publishing, "cut off relay"))
    async with running(publishing.relay.run):
        await publishing.publish(*map(order_created, KEYS))
        await eventually(lambda: empty(publishing))
    assert not task.done()
    task.cancel()
    await asyncio.wait((task,))


async def has_session(publishing: Publishing, name: str) -> bool:
    query = (
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"
    )
    async with publishing.pool.connection() as connection:
        return (await connection.execute(query, (name,))).rowcount == 1


async def owns(publishing: Publishing, count: int) -> bool:
    return len(publishing.outbox.notifier.owned) == count
