"""The publisher keeps the order of each partition, and leaves no gap behind a rejected record."""

import itertools
from collections.abc import Iterator

import pytest
from confluent_kafka import KafkaError

from tests.integration.messaging.harness import Publishing
from tests.integration.messaging.kafka_topic import allow, records
from transactional_events.kafka import OutgoingRecord, Publisher
from transactional_events.kafka import _outgoing as outgoing_module

pytestmark = pytest.mark.anyio

RECORD_BYTES_MAX = 2000


@pytest.mark.parametrize("before", [[], [b"1"]], ids=["first request", "second request"])
async def test_nothing_is_published_behind_a_rejected_record(
    publishing: Publishing, before: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records don't fit into one request. Before its first one, a broker has no state of the producer."""
    monkeypatch.setattr(outgoing_module, "REQUEST_BYTES_MAX", 1)
    await allow(publishing.kafka, publishing.stream.topic, RECORD_BYTES_MAX)

    def record(value: bytes) -> OutgoingRecord:
        return OutgoingRecord(publishing.stream.topic, 0, b"key", value, [])

    async with Publisher.open(publishing.kafka) as publisher:
        values = (*before, b"x" * RECORD_BYTES_MAX, b"2", b"3")
        results = await publisher.publish([record(value) for value in values])
        rejected = results[len(before)]
        assert results[: len(before)] == [None] * len(before)
        assert rejected
        assert rejected.code() == KafkaError.MSG_SIZE_TOO_LARGE
        assert all(results[len(before) :])
        assert await publisher.publish([record(b"4"), record(b"5")]) == [None, None]
    found = [record.value() for record in await records(publishing.kafka, publishing.stream.topic)]
    assert found == [*before, b"4", b"5"]


async def test_records_of_one_batch_each_and_of_larger_ones_keep_their_order(
    publishing: Publishing,
) -> None:
    """Single records leave at once, by another producer than those of larger batches."""
    values = [str(number).encode() for number in range(60)]
    topic = publishing.stream.topic

    def batches() -> Iterator[list[bytes]]:
        left = iter(values)
        for size in itertools.cycle((1, 3, 1, 1, 4)):
            if not (batch := list(itertools.islice(left, size))):
                return
            yield batch

    async with Publisher.open(publishing.kafka) as publisher:
        await publisher.connect()
        for batch in batches():
            sent = [OutgoingRecord(topic, 0, b"key", value, []) for value in batch]
            assert await publisher.publish(sent) == [None] * len(batch)
    assert [record.value() for record in await records(publishing.kafka, topic)] == values


async def test_record_that_is_rejected_alone_leaves_the_publisher_usable(
    publishing: Publishing,
) -> None:
    topic = publishing.stream.topic
    await allow(publishing.kafka, topic, RECORD_BYTES_MAX)
    large = OutgoingRecord(topic, 0, b"key", b"x" * RECORD_BYTES_MAX, [])
    small = OutgoingRecord(topic, 1, b"key", b"1", [])
    async with Publisher.open(publishing.kafka) as publisher:
        await publisher.connect()
        rejected, published = await publisher.publish([large, small])
        assert rejected
        assert rejected.code() == KafkaError.MSG_SIZE_TOO_LARGE
        assert published is None
        assert await publisher.publish([small]) == [None]
    assert [record.value() for record in await records(publishing.kafka, topic)] == [b"1", b"1"]
