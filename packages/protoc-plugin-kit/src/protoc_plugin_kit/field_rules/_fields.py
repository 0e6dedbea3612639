"""The rules of a field of any type."""

from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from protoc_plugin_kit.field_rules._enums import booleans, enums
from protoc_plugin_kit.field_rules._numbers import RANGES, SIGNED_64, UNSIGNED_64, numbers
from protoc_plugin_kit.field_rules._strings import FORMATS, byte_strings, strings
from protoc_plugin_kit.field_rules._times import messages
from protoc_plugin_kit.field_rules._translation import Translation
from protoc_plugin_kit.field_rules._zero import allow_zero, exclude_zero

NUMBERS = (*RANGES, *SIGNED_64, *UNSIGNED_64, "float", "double")
# A google.protobuf wrapper has the rules of the type that it wraps.
WRAPPERS = {
    "google.protobuf.Int32Value": "int32",
    "google.protobuf.Int64Value": "int64",
    "google.protobuf.UInt32Value": "uint32",
    "google.protobuf.UInt64Value": "uint64",
    "google.protobuf.FloatValue": "float",
    "google.protobuf.DoubleValue": "double",
    "google.protobuf.BoolValue": "bool",
    "google.protobuf.StringValue": "string",
    "google.protobuf.BytesValue": "bytes",
}
TYPE_NAMES = {
    getattr(FieldDescriptor, name): name.removeprefix("TYPE_").lower()
    for name in dir(FieldDescriptor)
    if name.startswith("TYPE_")
}
IGNORE_IF_ZERO_VALUE = 1
IGNORE_ALWAYS = 3


def map_entry(field: FieldDescriptor) -> Descriptor | None:
    """Returns the message of a map's entries, or None if the field is not a map."""
    message = field.message_type
    return message if message is not None and message.GetOptions().map_entry else None


def kind_of(field: FieldDescriptor) -> str:
    """Returns the name of the field's type as buf.validate.FieldRules spells it."""
    if field.message_type is not None:
        return WRAPPERS.get(field.message_type.full_name, "message")
    return TYPE_NAMES[field.type]


@dataclass(frozen=True)
class FieldRules:
    """Translates buf.validate.FieldRules."""

    wide_as_text: bool
    """Whether all 64-bit integers are strings, also those that their rules keep within ±(2^53-1)."""

    def translate(self, field: FieldDescriptor, rules: Any) -> Translation:
        """Returns the translation of a field's rules.

        Args:
            field: The field.
            rules: The value of its option `buf.validate.field`, or None if the field has none.
        """
        if rules is not None and rules.ignore == IGNORE_ALWAYS:
            rules = None
        if entry := map_entry(field):
            translation = self._map(entry, _typed(rules))
        elif field.is_repeated:
            translation = self._list(field, _typed(rules))
        else:
            translation = self._value(field, _typed(rules))
        if rules is None:
            return translation
        if rules.required and not field.has_presence:
            exclude_zero(field, translation)
        if rules.ignore == IGNORE_IF_ZERO_VALUE:
            allow_zero(field, translation)
        if "x-not" in translation.keywords:
            values = ", ".join(f"`{value}`" for value in translation.keywords["x-not"]["enum"])
            translation.prose.append(f"must be none of {values}.")
        translation.prose += _expressions(rules)
        return translation

    def _value(self, field: FieldDescriptor, rules: Any) -> Translation:
        kind = kind_of(field)
        if kind in NUMBERS:
            return numbers(kind, rules, as_text=self.wide_as_text)
        if kind == "message" and field.message_type is not None:
            return messages(field.message_type.full_name, rules)
        if rules is None:
            return Translation()
        if field.enum_type is not None:
            return enums(field.enum_type, rules)
        return {"string": strings, "bytes": byte_strings, "bool": booleans}[kind](rules)

    def _list(self, field: FieldDescriptor, rules: Any) -> Translation:
        translation = Translation()
        items = rules.items if rules is not None and rules.HasField("items") else None
        translation.nest("items", self._element(field, items), "each item")
        if rules is None:
            return translation
        if rules.HasField("min_items"):
            translation.keywords["minItems"] = rules.min_items
        if rules.HasField("max_items"):
            translation.keywords["maxItems"] = rules.max_items
        if rules.unique:
            translation.keywords["uniqueItems"] = True
        return translation

    def _map(self, entry: Descriptor, rules: Any) -> Translation:
        translation = Translation()
        key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
        values = rules.values if rules is not None and rules.HasField("values") else None
        translation.nest("additionalProperties", self._element(value, values), "each value")
        if rules is None:
            return translation
        if rules.HasField("min_pairs"):
            translation.keywords["minProperties"] = rules.min_pairs
        if rules.HasField("max_pairs"):
            translation.keywords["maxProperties"] = rules.max_pairs
        if rules.HasField("keys"):
            keys = self._element(key, rules.keys)
            translation.prose += [
                f"each key must have {name} `{value}`."
                for name, value in keys.keywords.items()
                if name not in ("example", "type", "format") or value in FORMATS.values()
            ]
            translation.prose += [f"each key {sentence}" for sentence in keys.prose]
        return translation

    def _element(self, field: FieldDescriptor, rules: Any) -> Translation:
        translation = self._value(field, _typed(rules))
        if rules is not None:
            translation.prose += _expressions(rules)
        return translation


def _typed(rules: Any) -> Any:
    name = rules.WhichOneof("type") if rules is not None else None
    return getattr(rules, name) if name else None


def _expressions(rules: Any) -> list[str]:
    return [cel_text(rule) for rule in rules.cel] + [
        f"must satisfy `{expression}`." for expression in rules.cel_expression
    ]


def cel_text(rule: Any) -> str:
    """Returns a CEL rule in prose: its message if it has one, else its expression."""
    return f"{rule.message.rstrip('.')}." if rule.message else f"must satisfy `{rule.expression}`."
