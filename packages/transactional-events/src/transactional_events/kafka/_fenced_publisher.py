"""Publishes batches whole or not at all, and nothing more once another publisher has fenced it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Self

from confluent_kafka import KafkaError, KafkaException

from transactional_events.kafka._producer import SLICE_SECONDS, OutgoingRecord, ProducerThread
from transactional_events.kafka._settings import KafkaSettings

TRANSACTION_SECONDS_MAX = 10
"""How long a batch may take; the broker aborts one that takes longer."""
RESPONSE_SECONDS_MAX = 2.0
"""How long a broker may take to respond to the first request, before the request is sent again."""


class FencedPublisher:
    """A transactional producer: one publisher at a time owns a transactional id, the brokers reject all others.

    Source: KIP-98 (Exactly Once Delivery and Transactional Messaging), "Zombie Fencing".
    """

    def __init__(self, thread: ProducerThread) -> None:
        self._thread = thread

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: KafkaSettings, transactional_id: str) -> AsyncIterator[Self]:
        """Makes a publisher, as soon as a broker responds; call `fence` before `publish`.

        Raises:
            KafkaException: it was aborted before a broker responded.
        """
        thread = ProducerThread(
            settings,
            {
                "transactional.id": transactional_id,
                "transaction.timeout.ms": TRANSACTION_SECONDS_MAX * 1000,
            },
        )
        publisher = cls(thread)
        try:
            await thread.call(publisher._reach_broker)
            yield publisher
        finally:
            thread.abort()
            await thread.close()

    async def fence(self) -> None:
        """Takes over the transactional id, as soon as the broker permits.

        From then on the brokers reject records of the id's former owner. Records that the former
        owner had sent are published by then, or they never will be.

        Raises:
            KafkaException: the broker rejects this client.
        """
        await self._thread.call(self._complete, self._thread.producer.init_transactions)

    async def publish(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        """Publishes all records; if one of them has an error, none is published.

        Returns:
            The error of each record, None for those that the broker accepted.

        Raises:
            KafkaException: only the next owner of the transactional id learns whether they are published.
        """
        return await self._thread.call(self._publish, records)

    def abort(self) -> None:
        """Drops the batch in progress; the publisher is useless after that."""
        self._thread.abort()

    def _reach_broker(self) -> None:
        while True:
            try:
                self._thread.producer.list_topics(timeout=RESPONSE_SECONDS_MAX)
            except KafkaException:
                if self._thread.aborted:
                    raise
            else:
                return

    def _publish(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        results = self._attempt(records)
        # After a batch that was rejected, the client drops the next one while it gets a new epoch.
        if _all_dropped(results) and not self._thread.aborted:
            results = self._attempt(records)
        return results

    def _attempt(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        producer = self._thread.producer
        producer.begin_transaction()
        results = self._thread.send(records)
        self._complete(producer.abort_transaction if any(results) else producer.commit_transaction)
        return results

    def _complete(self, call: Callable[[float], object]) -> None:
        """Repeats a call until the broker has completed it, or until `abort`."""
        while True:
            try:
                call(SLICE_SECONDS)
            except KafkaException as error:
                if self._thread.aborted or not error.args[0].retriable():
                    raise
            else:
                return


def _all_dropped(results: Sequence[KafkaError | None]) -> bool:
    return all(error and error.code() == KafkaError._PURGE_QUEUE for error in results)  # noqa: SLF001 - librdkafka's own
