"""The peer: an idempotent producer that sends each event at once, and a consumer that commits nothing."""

import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from confluent_kafka import Consumer, TopicPartition

from bench.event_ways.way import Latencies, Publish, created
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from transactional_events.kafka import KafkaSettings, OutgoingRecord, Publisher, headers_of


@dataclass(frozen=True)
class Bare:
    """The peer's producer with the consumer."""

    kafka: KafkaSettings
    prefix: bytes
    """The registry's frame before the payload of a record."""

    @asynccontextmanager
    async def open(self, latencies: Latencies) -> AsyncIterator[Publish]:
        """Returns what publishes an event; it happens when the producer gets it."""
        async with Publisher.open(self.kafka) as publisher:

            async def publish(key: str) -> None:
                record = self._record(key)
                latencies.happened[key] = time.perf_counter()
                await publisher.publish([record])

            with bare_consumer(self.kafka, latencies):
                yield publish

    def _record(self, key: str) -> OutgoingRecord:
        event = ORDER_EVENTS.wrap(created(key), key=key, occurred_at=datetime.now(UTC))
        payload = self.prefix + event.payload
        return OutgoingRecord(event.topic, event.bucket, key.encode(), payload, headers_of(event))


@contextmanager
def bare_consumer(kafka: KafkaSettings, latencies: Latencies) -> Iterator[None]:
    """Reads the topic from its end on."""
    consumer = Consumer(
        {
            "bootstrap.servers": kafka.bootstrap_servers,
            "group.id": "bench",
            "enable.auto.commit": False,
        }
    )
    partitions = range(ORDER_EVENTS.partitions)
    ends = [
        (number, consumer.get_watermark_offsets(TopicPartition(ORDER_EVENTS.topic, number))[1])
        for number in partitions
    ]
    consumer.assign([TopicPartition(ORDER_EVENTS.topic, number, end) for number, end in ends])
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            record = consumer.poll(0.1)
            if record is not None and record.error() is None:
                latencies.read.setdefault((record.key() or b"").decode(), time.perf_counter())

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        consumer.close()
