"""Undeliverable events can be listed, shown and replayed."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from embedded_stack.servers import KAFKA, REGISTRY
from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from tests.integration.messaging.harness import (
    SECONDS_MAX,
    Db,
    Publishing,
    Recorder,
    consuming,
    empty,
    eventually,
    order_created,
    running,
)
from tests.integration.messaging.kafka_topic import allow, produce, records
from transactional_events.dead_letters import UndeliverableEvent, _undeliverable
from transactional_events.inbox import Rejected
from transactional_events.registry import _wire as wire
from transactional_grpc.database import Transaction

pytestmark = pytest.mark.anyio


async def find(publishing: Publishing) -> list[UndeliverableEvent]:
    urls = {"orders": publishing.database_url}
    return await _undeliverable.find([publishing.stream], publishing.kafka, urls)


async def replay(publishing: Publishing, *names: str) -> None:
    chosen = _undeliverable.choose(await find(publishing), names)
    urls = {"orders": publishing.database_url}
    await _undeliverable.replay_all(chosen, publishing.kafka, urls)


async def test_parked_event_is_published_by_replay_after_the_size_limit_is_raised(
    publishing: Publishing,
) -> None:
    topic = publishing.stream.topic
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    large = order_created("00000000-0000-4000-8000-000000000001", description="x" * 500)
    await allow(publishing.kafka, topic, 800)
    async with running(publishing.relay.run, consumer):
        await publishing.publish(large, order_created(large.order_id))
        await recorder.wait_for(1)
        await eventually(lambda: empty(publishing))
        [parked] = await find(publishing)
        await allow(publishing.kafka, topic, 4000)
        await replay(publishing, parked.name)
        await recorder.wait_for(2)
    assert (parked.where, parked.key) == ("parked by orders", large.order_id)
    assert parked.reason == "Broker: Message size too large"
    assert json.loads(parked.text)["data"]["description"] == large.description
    assert recorder.runs[1] == [large]
    assert await find(publishing) == []


async def test_dead_letter_is_shown_as_json_and_replayed_once(
    publishing: Publishing,
) -> None:
    mended = False

    async def handle(tx: Transaction[Db], event: OrderCreated) -> None:
        if not mended:
            raise Rejected("not yet")

    recorder = Recorder(handle)
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    created = order_created(amount=2**53 - 1)
    async with running(publishing.relay.run, consumer):
        await publishing.publish(created)
        await eventually(lambda: has_undeliverable_events(publishing))
        [letter] = await find(publishing)
        mended = True
        await replay(publishing, letter.name)
        await recorder.wait_for(1)
        assert await find(publishing) == []
    shown = json.loads(letter.text)
    [sent, resent] = await records(publishing.kafka, publishing.stream.topic)

    assert letter.name == f"{publishing.stream.dead_letter_topic}/0/0"
    assert letter.reason == "not yet"
    assert shown.keys() == {"event_id", "event_type", "occurred_at", "data"}
    assert shown["data"] == {
        "order_id": created.order_id,
        "user_id": created.user_id,
        "amount": 2**53 - 1,
        "description": "",
    }
    assert (resent.key(), resent.value()) == (sent.key(), sent.value())
    assert (resent.headers(), resent.partition()) == (sent.headers(), sent.partition())
    assert recorder.runs == [[created]]


async def test_undecodable_record_is_shown_in_hexadecimal(publishing: Publishing) -> None:
    consumer = await consuming(publishing, Recorder().subscription(publishing.stream))
    async with running(consumer):
        await produce(publishing.kafka, publishing.stream.topic, b"\xca\xfe[red]")
        await eventually(lambda: has_undeliverable_events(publishing))
    [letter] = await find(publishing)
    assert letter.text == "7 bytes: ca fe 5b 72 65 64 5d"


async def test_redelivered_event_is_handled_once(publishing: Publishing) -> None:
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    created, last = order_created(), order_created()
    async with running(publishing.relay.run, consumer):
        await publishing.publish(created)
        await recorder.wait_for(1)
        [record] = await records(publishing.kafka, publishing.stream.topic)
        for _ in range(3):
            await produce(publishing.kafka, publishing.stream.topic, record.value())
        await publishing.publish(last)
        await recorder.wait_for(2)
    assert recorder.order_ids == [created.order_id, last.order_id]
    assert wire.unframe(record.value())[0] == publishing.outbox.schema_ids[publishing.stream.topic]


async def test_duplicate_that_its_handler_rejects_is_no_dead_letter(publishing: Publishing) -> None:
    recorder = Recorder()
    rejected = asyncio.Event()

    async def reject_second_delivery(_: object, event: OrderCreated) -> None:
        if event.order_id in recorder.order_ids:
            rejected.set()
            raise Rejected("handled before")

    recorder.handle = reject_second_delivery
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    created, last = order_created(), order_created()
    async with running(publishing.relay.run, consumer):
        await publishing.publish(created)
        await recorder.wait_for(1)
        [record] = await records(publishing.kafka, publishing.stream.topic)
        await produce(
            publishing.kafka, publishing.stream.topic, record.value(), record.key() or b""
        )
        async with asyncio.timeout(SECONDS_MAX):
            await rejected.wait()
        # The batch of the duplicate ends before that of this event begins.
        await publishing.publish(last)
        await recorder.wait_for(2)
    assert await find(publishing) == []


def test_show_command_names_the_missing_event(infrastructure: Running) -> None:
    environment = os.environ | infrastructure.endpoints.environment([KAFKA])
    run = [sys.executable, "-m", "events", "events"]
    subprocess.run(
        [sys.executable, "-m", "events", "register"],
        check=True,
        env=environment | infrastructure.endpoints.environment([REGISTRY]),
    )
    shown = subprocess.run(
        [*run, "show", "nothing/0/0"], env=environment, check=False, capture_output=True, text=True
    )
    listed = subprocess.run(
        [*run, "list"], env=environment, check=False, capture_output=True, text=True
    )
    assert (shown.returncode, listed.returncode) == (1, 0)
    assert shown.stderr == "there is no undeliverable event nothing/0/0, or it was replayed\n"


async def has_undeliverable_events(publishing: Publishing) -> bool:
    return bool(await find(publishing))
