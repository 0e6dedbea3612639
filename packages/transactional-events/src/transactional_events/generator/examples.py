"""Examples of events: the values that the contract gives (`example` of buf.validate), else values of our own.

Values of our own fit their schemas. A field for which none is known is left out, and a message that requires such a
field has no example. Equal contracts give equal examples. A field has the same id in all events, as the events of one
order have, and each event has an id and a time of its own.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from protoc_plugin_kit.field_rules import FORMAT_EXAMPLES, accepts_text
from transactional_events.generator.payloads import Json

MISSING: Any = object()
FIRST = datetime(2026, 11, 22, 12, 0, 0, 184_000, tzinfo=UTC)
STEP = timedelta(milliseconds=37)
"""The time between two examples."""
VERSION_7 = 7
VARIANT = 0b10
INTEGER = 1
TEXT_64 = {"int64": "1", "uint64": "1", "fixed64": "1"}
"""Unbounded 64-bit integers are text."""


class Examples:
    """Makes the examples of one document, in the order of its events."""

    def __init__(self) -> None:
        self._numbers: Iterator[int] = count()

    def event(self, payload: Json) -> Any:
        """Returns a value that fits the schema of an event that `Payloads` describes, or MISSING if none is known."""
        when = FIRST + next(self._numbers) * STEP
        properties = payload["properties"]
        event_id = _uuid7(when, properties["event_type"]["const"])
        own = {"event_id": {"const": event_id}, "occurred_at": {"const": _time(when)}}
        return _example("", payload | {"properties": properties | own})


def _example(name: str, schema: Json) -> Any:
    kind = schema.get("type", "string")  # a schema without a type accepts any value
    if "const" in schema:
        return schema["const"]
    for keyword, position in (("examples", 0), ("enum", -1), ("x-extensible-enum", -1)):
        if keyword in schema:
            return schema[keyword][position]
    if kind == "object":
        return _object(schema)
    if kind == "array":
        return _array(name, schema)
    if kind == "string":
        return _text(name, schema)
    return _number(schema) if kind != "boolean" else True


def _object(schema: Json) -> Any:
    if schema.get("minProperties"):  # a map
        return MISSING
    fields = {name: _example(name, of) for name, of in schema.get("properties", {}).items()}
    found = {name: value for name, value in fields.items() if value is not MISSING}
    return found if found.keys() >= set(schema.get("required", [])) else MISSING


def _array(name: str, schema: Json) -> Any:
    item = _example(name, schema["items"])
    least = schema.get("minItems", 0)
    if item is MISSING or (least > 1 and schema.get("uniqueItems")):
        return MISSING if least else []
    return [item] * max(1, least)


def _number(schema: Json) -> Any:
    """Returns INTEGER, or the number that is closest to it within the bounds."""
    least = max(
        INTEGER,
        schema.get("minimum", INTEGER),
        schema.get("exclusiveMinimum", INTEGER - 1) + 1,
    )
    number = min(
        least,
        schema.get("maximum", least),
        schema.get("exclusiveMaximum", least + 1) - 1,
    )
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    if low is None or number > low or number == schema.get("minimum"):
        return number
    # No integer is between the bounds of a floating-point number.
    return (low + schema.get("maximum", schema.get("exclusiveMaximum"))) / 2


def _text(name: str, schema: Json) -> Any:
    text = _text_of_format(name, schema)
    return text if accepts_text(schema, text) else MISSING


def _text_of_format(name: str, schema: Json) -> str:
    match schema.get("format", ""):
        case "uuid":
            return _uuid7(FIRST, name)
        case "date-time":
            return _time(FIRST)
        case format_ if format_ in TEXT_64:
            return TEXT_64[format_]
        case format_ if format_ in FORMAT_EXAMPLES:
            return FORMAT_EXAMPLES[format_]
    words = name.replace("_", " ") or "text"
    long_enough = " ".join([words] * (1 + schema.get("minLength", 0) // len(words)))
    return long_enough[: schema.get("maxLength", len(long_enough))]


def _uuid7(when: datetime, name: str) -> str:
    """Returns the UUID of a time (RFC 9562, section 5.7) whose random bits are a hash of a name."""
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:10])
    random_a, random_b = digest >> 68, digest & (1 << 62) - 1
    milliseconds = int(when.timestamp() * 1000)
    return str(
        UUID(int=milliseconds << 80 | VERSION_7 << 76 | random_a << 64 | VARIANT << 62 | random_b)
    )


def _time(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
