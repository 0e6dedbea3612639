"""Publishes batches whole or not at all, and never again once somebody else has its name."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Self

from confluent_kafka import KafkaError, KafkaException

from transactional_events.kafka._publisher import SLICE_SECONDS, OutgoingRecord, Publisher
from transactional_events.kafka._settings import KafkaSettings

TRANSACTION_SECONDS_MAX = 10
"""How long a batch may take; the broker drops one that takes longer."""
ANSWER_SECONDS_MAX = 2.0
"""How long a broker may take to say that it is there, before it is asked again."""


class FencedPublisher(Publisher):
    """A transactional producer: one publisher at a time has a name, and the brokers refuse all others.

    Source: KIP-98 (Exactly Once Delivery and Transactional Messaging), "Zombie Fencing".
    """

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: KafkaSettings, transactional_id: str) -> AsyncIterator[Self]:
        """Makes a publisher, as soon as a broker answers; it has to `take_name` before it publishes.

        Raises:
            KafkaException: it was aborted before a broker answered.
        """
        publisher = cls(
            settings,
            {
                "transactional.id": transactional_id,
                "transaction.timeout.ms": TRANSACTION_SECONDS_MAX * 1000,
            },
        )
        try:
            await publisher._call(publisher._reach)
            yield publisher
        finally:
            publisher.abort()
            await publisher.close()

    async def take_name(self) -> None:
        """Takes the name, as soon as the broker gives it.

        Nothing that its former owner sends arrives from then on. What that one had sent was
        published by then, or it never will be.

        Raises:
            KafkaException: the broker refuses.
        """
        await self._call(self._complete, self._producer.init_transactions)

    def _reach(self) -> None:
        while True:
            try:
                self._producer.list_topics(timeout=ANSWER_SECONDS_MAX)
            except KafkaException:
                if self._aborted:
                    raise
            else:
                return

    def _send(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        """Sends records; if one has an error, none of them is published.

        Raises:
            KafkaException: whether they are published is known to the next owner of the name.
        """
        results = self._attempt(records)
        # After a batch that was refused, the client drops the next one while it gets a new epoch.
        if _all_dropped(results) and not self._aborted:
            results = self._attempt(records)
        return results

    def _attempt(self, records: Sequence[OutgoingRecord]) -> list[KafkaError | None]:
        producer = self._producer
        producer.begin_transaction()
        results = super()._send(records)
        self._complete(producer.abort_transaction if any(results) else producer.commit_transaction)
        return results

    def _complete(self, call: Callable[[float], object]) -> None:
        """Waits for the broker to do something, or for `abort`."""
        while True:
            try:
                call(SLICE_SECONDS)
            except KafkaException as error:
                if self._aborted or not error.args[0].retriable():
                    raise
            else:
                return


def _all_dropped(results: Sequence[KafkaError | None]) -> bool:
    return all(error and error.code() == KafkaError._PURGE_QUEUE for error in results)  # noqa: SLF001 - librdkafka's own
