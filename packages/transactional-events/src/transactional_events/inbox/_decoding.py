"""Decodes Kafka records: each holds an event, or is undeliverable for a reason."""

from dataclasses import dataclass
from uuid import UUID

from confluent_kafka import Message as Record
from google.protobuf.message import DecodeError, Message

from transactional_events.kafka import REQUEST_ID, header
from transactional_events.registry import _wire as wire
from transactional_events.streams import EVENT_BYTES_MAX, InvalidEventError, Stream, require_valid


class UndeliverableError(Exception):
    """A record that can never be handled; the text is the reason."""


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """A valid event and its record."""

    topic: str
    key: str
    event_id: UUID
    event_type: str
    payload: Message
    request_id: str
    record: Record


@dataclass(frozen=True, slots=True)
class FramedRecord:
    """A record in the wire format, split into its parts."""

    record: Record
    schema_id: int
    message: bytes


def unframe(record: Record) -> FramedRecord:
    """Splits a record's value into the schema id and the message.

    Raises:
        UndeliverableError: the record is too large or not in the wire format.
    """
    size = len(record.value() or b"")
    if size > EVENT_BYTES_MAX:
        raise UndeliverableError(f"{size} bytes, and the limit is {EVENT_BYTES_MAX}")
    try:
        return FramedRecord(record, *wire.unframe(record.value()))
    except wire.WireError as error:
        raise UndeliverableError(str(error)) from None


def decode(framed: FramedRecord, stream: Stream) -> IncomingEvent | None:
    """Returns the event in a record whose schema is one of the stream's.

    Returns:
        None for an event type that this version of the contract doesn't have: a newer one has added it.

    Raises:
        UndeliverableError: the record holds no valid event.
    """
    try:
        envelope = stream.envelope.FromString(framed.message)
    except DecodeError:
        raise UndeliverableError(f"not a {stream.envelope.DESCRIPTOR.name}: bad Protobuf") from None
    field = envelope.WhichOneof("data")
    event_type: str = envelope.event_type  # type: ignore[attr-defined]  # every envelope has it: the generator checks
    if field is None and event_type and event_type not in stream.payloads:
        return None
    try:
        require_valid(envelope)
    except InvalidEventError as error:
        raise UndeliverableError(str(error)) from None
    if stream.payloads.get(event_type) != field:
        raise UndeliverableError(f"event_type is not the name of the message in {field}")
    return IncomingEvent(
        topic=stream.topic,
        key=(framed.record.key() or b"").decode(errors="replace"),
        event_id=UUID(envelope.event_id),  # type: ignore[attr-defined]  # likewise
        event_type=event_type,
        payload=getattr(envelope, str(field)),
        request_id=header(framed.record, REQUEST_ID),
        record=framed.record,
    )
