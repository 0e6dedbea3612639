"""The broker's topics, as the contracts declare them."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public, but not marked so
    AdminClient,
    ClusterMetadata,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from transactional_events.kafka import (
    RECORD_BYTES_MAX,
    KafkaSettings,
    advice,
    client_properties,
    error_text,
    variable_of,
)
from transactional_events.streams import EVENT_BYTES_MAX, Stream
from transactional_grpc.settings import SettingsError

TIMEOUT_SECONDS = 10.0
SLICE_SECONDS = 1.0
"""How soon an error of the broker that is not transient is noticed."""
APPEAR_SECONDS = 0.1
"""The interval between requests for topics that were created just now."""
DEAD_LETTER_PARTITIONS = 1
DEAD_LETTER_RETENTION = timedelta(days=30)
SEGMENT = timedelta(hours=12)
"""The broker deletes whole segments, so a record may outlive its topic's retention by this much."""


class TopicError(Exception):
    """A topic isn't there or isn't as its contract says; the text names it."""


class BrokerUnavailableError(TopicError):
    """No broker can be reached: asking again later may help."""


class TopicMissingError(TopicError):
    """A topic isn't there, or not yet."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as a contract declares it."""

    name: str
    partitions: int
    settings: dict[str, str]
    is_exact: bool = True
    """Whether more partitions are an error: publishers choose a key's partition by the declared number."""


def topics_of(stream: Stream) -> tuple[Topic, Topic]:
    """Returns a stream's topic and that of its dead letters."""
    return (
        Topic(stream.topic, stream.partitions, _settings(stream.retention, EVENT_BYTES_MAX)),
        Topic(
            stream.dead_letter_topic,
            DEAD_LETTER_PARTITIONS,
            _settings(DEAD_LETTER_RETENTION, RECORD_BYTES_MAX),
            is_exact=False,
        ),
    )


def _way_out(topic: Topic, there: int) -> str:
    if there < topic.partitions:
        return f"run `kafka-topics.sh --alter --topic {topic.name} --partitions {topic.partitions}`"
    return f"no broker removes partitions, so change the contract to {there} partitions"


def _settings(retention: timedelta, bytes_max: int) -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(retention // timedelta(milliseconds=1)),
        "segment.ms": str(SEGMENT // timedelta(milliseconds=1)),
        "max.message.bytes": str(bytes_max),
    }


class Topics:
    """The topics of one cluster."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._servers = settings.bootstrap_servers
        self._error: KafkaError | None = None
        own: dict[str, Any] = {"log_level": 2, "error_cb": self._note}
        try:
            self._admin = AdminClient(client_properties(settings) | own)
        except KafkaException as error:
            reason = error.args[0].str()
            raise SettingsError(f"{variable_of(reason)}: {reason}") from None

    async def partitions(self) -> dict[str, int]:
        """Returns how many partitions each topic has.

        Raises:
            BrokerUnavailableError: no broker responds.
            TopicError: a broker rejects this client, and a retry would not help.
        """
        self._error = None
        cluster = await asyncio.to_thread(self._cluster)
        return {name: len(topic.partitions) for name, topic in cluster.topics.items()}

    def _cluster(self) -> ClusterMetadata:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                return self._admin.list_topics(timeout=SLICE_SECONDS)
            except KafkaException as failure:
                self._admin.poll(0)  # has `_note` called
                error = self._error or failure.args[0]
            text = f"cannot reach Kafka at {self._servers}: {error_text(error)}"
            if advice(error):
                raise TopicError(text)
            if time.monotonic() > deadline:
                raise BrokerUnavailableError(text)

    def _note(self, error: KafkaError) -> None:
        # This error names the host or certificate; ALL_BROKERS_DOWN only follows from it.
        if error.code() != KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 - how librdkafka names its own errors
            self._error = error

    async def require(self, topics: Sequence[Topic]) -> None:
        """Checks that topics exist.

        Raises:
            TopicError: one is missing, or has another number of partitions.
        """
        found = await self.partitions()
        for topic in topics:
            if topic.name not in found:
                raise TopicMissingError(
                    f"topic {topic.name} is missing: run `register` first, "
                    "and let this user describe the topic if there are ACLs"
                )
            there = found[topic.name]
            if there < topic.partitions or (there > topic.partitions and topic.is_exact):
                raise TopicError(
                    f"topic {topic.name} has {there} partitions, and its contract says "
                    f"{topic.partitions}: {_way_out(topic, there)}"
                )

    async def appear(self, topics: Sequence[Topic]) -> None:
        """Waits until the brokers know topics that were created just now.

        Raises:
            TopicError: they don't in time, or a topic has another number of partitions.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                return await self.require(topics)
            except TopicMissingError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(APPEAR_SECONDS)

    async def create(self, topic: Topic) -> bool:
        """Creates a topic, with the broker's own replication; returns False when it is there.

        Raises:
            TopicError: the broker rejects the request.
        """
        new = NewTopic(topic.name, topic.partitions, config=topic.settings)
        done = self._admin.create_topics([new], operation_timeout=TIMEOUT_SECONDS)[topic.name]
        try:
            await asyncio.wrap_future(done)
        except KafkaException as error:
            if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:
                return False
            raise TopicError(f"topic {topic.name}: {error.args[0].str()}") from None
        return True

    async def differences(self, topic: Topic) -> list[str]:
        """Returns the settings of an existing topic that differ from its contract."""
        resource = ConfigResource(ResourceType.TOPIC, topic.name)
        found = await asyncio.wrap_future(self._admin.describe_configs([resource])[resource])
        return [
            f"{name} is {found[name].value}, not {value}"
            for name, value in topic.settings.items()
            if found[name].value != value
        ]
