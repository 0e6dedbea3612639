"""Composes examples of whole messages from the examples of their fields."""

from collections.abc import Callable
from typing import Any

from grpc_gateway_python.openapi.document import DEFINITIONS, Json
from protoc_plugin_kit.field_rules import FORMAT_EXAMPLES, accepts_text

MISSING: Any = object()

# Examples for fields whose contract has none.
OF_FORMATS = {
    **FORMAT_EXAMPLES,
    "date": "2026-01-15",
    "date-time": "2026-01-15T09:30:00Z",
    "uuid": "0b5f2a68-2c6b-4b8f-9d0e-6c6f0d6b1a11",
}


class Examples:
    """Composes examples from the definitions of one document."""

    def __init__(self, definitions: Json) -> None:
        self.definitions = definitions

    def compose(self, schema: Json, seen: tuple[str, ...] = ()) -> Any:
        """Returns a value that the schema accepts, or MISSING if it can't be composed.

        An object gets its required members and the members with an example in the contract.
        """
        name = _target(schema)
        if name is None:
            return self._value(schema, seen)
        if name in seen:
            return MISSING
        if known := _known(schema):
            return known[0]
        return self.compose(self.definitions[name], (*seen, name))

    def _value(self, schema: Json, seen: tuple[str, ...]) -> Any:
        if known := _known(schema):
            return known[0]
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, seen)
        if kind == "array":
            return self._array(schema, seen)
        return _SCALARS[kind](schema) if kind in _SCALARS else MISSING

    def _object(self, schema: Json, seen: tuple[str, ...]) -> Any:
        required = schema.get("required", [])
        if schema.get("minProperties") and not schema.get("properties"):
            return MISSING
        example = {}
        for name, member in schema.get("properties", {}).items():
            if name not in required and ("example" not in member or member.get("readOnly")):
                continue
            example[name] = self.compose(member, seen)
        return MISSING if MISSING in example.values() else example

    def _array(self, schema: Json, seen: tuple[str, ...]) -> Any:
        item = self.compose(schema["items"], seen)
        least = schema.get("minItems", 0)
        if item is MISSING or (least > 1 and schema.get("uniqueItems")):
            return MISSING if least else []
        return [item] * max(1, least)


def _known(schema: Json) -> list[Any]:
    given: list[Any] = [schema["example"]] if "example" in schema else []
    return [*given, *schema.get("enum", [])]


def _target(schema: Json) -> str | None:
    reference = schema.get("$ref") or next(
        (part["$ref"] for part in schema.get("allOf", []) if "$ref" in part), None
    )
    return reference.removeprefix(DEFINITIONS) if reference else None


def _number(schema: Json) -> Any:
    low, high = schema.get("minimum"), schema.get("maximum")
    if schema.get("exclusiveMinimum") or schema.get("exclusiveMaximum") or "x-not" in schema:
        return MISSING
    if (low is None or low <= 0) and (high is None or high >= 0):
        return 0
    return low if low is not None and low > 0 else high


def _text(schema: Json) -> Any:
    if schema.get("format") in OF_FORMATS:
        text = OF_FORMATS[schema["format"]]
        return text if accepts_text(schema, text) else MISSING
    keywords = ("pattern", "minLength", "x-not")
    return MISSING if any(schema.get(keyword) for keyword in keywords) else ""


_SCALARS: dict[str, Callable[[Json], Any]] = {
    "boolean": lambda _: False,
    "integer": _number,
    "number": _number,
    "string": _text,
}
