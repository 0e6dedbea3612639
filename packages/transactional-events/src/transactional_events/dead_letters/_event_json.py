"""An event as people see it."""

import json
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message

from transactional_events.registry import WireError, unframe
from transactional_events.streams import Stream

LONG = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)


def event_json(stream: Stream, value: bytes | None) -> str | None:
    """Returns the event in a record's value as JSON text, None when there is none in it."""
    try:
        envelope = stream.envelope.FromString(unframe(value)[1])
    except (WireError, DecodeError):
        return None
    field = envelope.WhichOneof("data")
    shown = _dict(envelope)
    if field is None:
        return None
    shown["data"] = shown.pop(field)
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _dict(message: Message) -> dict[str, Any]:
    content = MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return _with_numbers(content, message.DESCRIPTOR)


def _with_numbers(content: dict[str, Any], message: Any) -> dict[str, Any]:
    """Protobuf's JSON has long integers as text; ours are small enough for numbers."""
    for field in message.fields:
        value = content.get(field.name)
        if field.cpp_type in LONG and value is not None:
            content[field.name] = [*map(int, value)] if field.is_repeated else int(value)
        elif field.message_type and isinstance(value, dict):
            content[field.name] = _with_numbers(value, field.message_type)
    return content
