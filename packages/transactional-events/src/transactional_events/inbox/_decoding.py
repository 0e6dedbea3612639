"""From a Kafka record to an event, or to the reason why it is none."""

from dataclasses import dataclass
from uuid import UUID

from confluent_kafka import Message as Record
from google.protobuf.message import DecodeError, Message

from transactional_events.kafka._headers import REQUEST_ID, header
from transactional_events.registry import _wire as wire
from transactional_events.streams._stream import (
    EVENT_BYTES_MAX,
    InvalidEventError,
    Stream,
    require_valid,
)


class PoisonError(Exception):
    """A record that can never be handled; the text is the reason."""


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """A valid event, and the record that it came in."""

    topic: str
    key: str
    event_id: UUID
    event_type: str
    payload: Message
    request_id: str
    record: Record


def schema_id_of(record: Record) -> int:
    """Returns the id of the schema that a record was written with.

    Raises:
        PoisonError: the record is too large or not in the wire format.
    """
    size = len(record.value() or b"")
    if size > EVENT_BYTES_MAX:
        raise PoisonError(f"{size} bytes, and the limit is {EVENT_BYTES_MAX}")
    try:
        return wire.unframe(record.value())[0]
    except wire.WireError as error:
        raise PoisonError(str(error)) from None


def decode(record: Record, stream: Stream) -> IncomingEvent | None:
    """Returns the event in a record whose schema is one of the stream's, None for an unknown type.

    An event of a type that a newer contract has added is nobody's business here.

    Raises:
        PoisonError: the record holds no valid event.
    """
    _, message = wire.unframe(record.value())
    try:
        envelope = stream.envelope.FromString(message)
    except DecodeError:
        raise PoisonError(f"not a {stream.envelope.DESCRIPTOR.name}: bad Protobuf") from None
    field = envelope.WhichOneof("data")
    event_type: str = envelope.event_type  # type: ignore[attr-defined]  # every envelope has it: the generator checks
    if field is None and event_type and event_type not in stream.payloads:
        return None
    try:
        require_valid(envelope)
    except InvalidEventError as error:
        raise PoisonError(str(error)) from None
    if stream.payloads.get(event_type) != field:
        raise PoisonError(f"event_type is not the name of the message in {field}")
    return IncomingEvent(
        topic=stream.topic,
        key=(record.key() or b"").decode(errors="replace"),
        event_id=UUID(envelope.event_id),  # type: ignore[attr-defined]  # likewise
        event_type=event_type,
        payload=getattr(envelope, str(field)),
        request_id=header(record, REQUEST_ID),
        record=record,
    )
