"""The fields of a message as rows: their names and types on the wire, and in JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from transactional_events.documents._documents import Json

WIRE_TYPE = "x-protobuf-type"
WIRE_FIELD = "x-protobuf-field"
KNOWN_VALUES = "x-extensible-enum"
EVENT = "data"
"""The name of an event in JSON."""
LONG = frozenset({"int64", "sint64", "sfixed64", "uint64", "fixed64"})
RULES = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "minLength": "length at least",
    "maxLength": "length at most",
    "minItems": "items at least",
    "maxItems": "items at most",
    "pattern": "pattern",
}
"""Keyword of JSON Schema → what the page calls it."""


@dataclass(frozen=True)
class Field:
    """A row of a table."""

    wire_name: str
    wire_type: str
    json_name: str
    json_type: str
    description: str
    values: tuple[str, ...]
    """The known values, if the field has a list of them."""
    rules: dict[str, Any]
    """What a rule is called → its value."""


def envelope_fields(payload: Json) -> Iterator[Field]:
    """Yields the fields that all messages of a topic have."""
    properties = payload["properties"]
    yield from _fields({name: properties[name] for name in properties if name != EVENT})


def event_fields(payload: Json) -> Iterator[Field]:
    """Yields the envelope's field that carries an event, and the fields of the event."""
    yield from _fields({EVENT: payload["properties"][EVENT]})


def wire_field(payload: Json) -> str:
    """Returns the name on the wire of the envelope's field that carries an event."""
    return str(payload["properties"][EVENT][WIRE_FIELD])


def _fields(properties: Json, wire_prefix: str = "", json_prefix: str = "") -> Iterator[Field]:
    for name, field in properties.items():
        wire_name = f"{wire_prefix}{field.get(WIRE_FIELD, name)}"
        json_name = f"{json_prefix}{name}"
        yield Field(
            wire_name,
            field.get(WIRE_TYPE, ""),
            json_name,
            ", ".join(field[keyword] for keyword in ("type", "format") if keyword in field),
            field.get("description", ""),
            tuple(field.get(KNOWN_VALUES, field.get("enum", ()))),
            {title: field[keyword] for keyword, title in RULES.items() if keyword in field},
        )
        nested, mark = (field["items"], "[]") if "items" in field else (field, "")
        properties_of = nested.get("properties", {})
        yield from _fields(properties_of, f"{wire_name}{mark}.", f"{json_name}{mark}.")


def wire_example(schema: Json, example: Any) -> Any:
    """Returns an example as Protobuf's JSON mapping has it: with the names on the wire, 64-bit integers as text."""
    if schema.get(WIRE_TYPE, "").removeprefix("repeated ") in LONG:
        return [str(item) for item in example] if isinstance(example, list) else str(example)
    if isinstance(example, list):
        return [wire_example(schema.get("items", {}), item) for item in example]
    properties = schema.get("properties", {})
    if not properties or not isinstance(example, dict):
        return example
    return {
        properties[name].get(WIRE_FIELD, name): wire_example(properties[name], value)
        for name, value in example.items()
    }
