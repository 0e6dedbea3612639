"""The events of one topic, as their contract declares them; the generated `*_kafka` modules build these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from confluent_kafka import murmur2
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from uuid_utils.compat import uuid7

from transactional_events.registry import Import
from transactional_events.streams._outgoing import OutgoingEvent, OutgoingEvents
from transactional_grpc.database import Transaction
from transactional_grpc.timestamps import timestamp
from transactional_grpc.validation import violations

PAYLOAD_BYTES_MAX = 1_000_000
"""What an event may take; with its headers it is below the broker's usual limit of 1 MiB."""

EVENT_BYTES_MAX = 1024 * 1024
"""The largest record that is handled; topics are created with the same limit."""


class InvalidEventError(Exception):
    """An event breaks its contract; the text names the fields, not their values."""


@dataclass(frozen=True)
class Stream:
    """The events of one topic."""

    topic: str
    partitions: int
    retention: timedelta
    """How long the broker keeps events."""
    envelope: type[Message]
    """The one message type of the topic."""
    schema: str
    """The text under which the schema is registered."""
    imports: tuple[Import, ...]
    """What the text imports, to be registered before it."""

    @property
    def subject(self) -> str:
        """The schema's subject, by Confluent's topic name strategy."""
        return f"{self.topic}-value"

    @property
    def dead_letter_topic(self) -> str:
        """The topic for records that consumers can't handle."""
        return f"{self.topic}.dlq"

    @property
    def payloads(self) -> Mapping[str, str]:
        """Event type → the envelope's field that carries it."""
        return _payloads(self.envelope.DESCRIPTOR)

    def publish(self, tx: Transaction[Any], event: Message, *, key: str) -> None:
        """Publishes an event when the transaction commits.

        Raises:
            InvalidEventError: it breaks a rule of the contract, or is too large.
        """
        outgoing = tx.extension(OutgoingEvents)
        correlation_id = outgoing.correlation_ids.get(key) or tx.correlation_id
        wrapped = self.wrap(event, key=key, occurred_at=tx.now, correlation_id=correlation_id)
        outgoing.events.append(wrapped)

    def wrap(
        self, event: Message, *, key: str, occurred_at: datetime, correlation_id: str = ""
    ) -> OutgoingEvent:
        """Puts an event into a new envelope.

        Raises:
            InvalidEventError: it breaks a rule of the contract, or is too large.
        """
        event_id = uuid7()
        event_type = event.DESCRIPTOR.name
        envelope = self.envelope(
            event_id=str(event_id),
            event_type=event_type,
            occurred_at=timestamp(occurred_at),
            **{self.payloads[event_type]: event},
        )
        require_valid(envelope)
        payload = envelope.SerializeToString()
        if len(payload) > PAYLOAD_BYTES_MAX:
            raise InvalidEventError(f"{event_type} takes more than {PAYLOAD_BYTES_MAX} bytes")
        return OutgoingEvent(
            topic=self.topic,
            bucket=murmur2(key.encode(), self.partitions),
            key=key,
            event_id=event_id,
            event_type=event.DESCRIPTOR.full_name,
            occurred_at=occurred_at,
            payload=payload,
            request_id=correlation_id,
        )


def require_valid(envelope: Message) -> None:
    """Holds an event to its contract.

    Raises:
        InvalidEventError: it breaks a rule.
    """
    if broken := violations(envelope):
        rules = "; ".join(f"{rule.field}: {rule.description}" for rule in broken)
        raise InvalidEventError(f"{envelope.DESCRIPTOR.name} is invalid: {rules}")


@cache
def _payloads(envelope: Descriptor) -> Mapping[str, str]:
    fields = envelope.oneofs_by_name["data"].fields
    return {field.message_type.name: field.name for field in fields if field.message_type}
