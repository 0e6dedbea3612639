"""The rules of one field, whatever its type."""

from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from protoc_plugin_kit.field_rules.enums import booleans, enums
from protoc_plugin_kit.field_rules.numbers import RANGES, SIGNED_64, UNSIGNED_64, numbers
from protoc_plugin_kit.field_rules.strings import FORMATS, octets, strings
from protoc_plugin_kit.field_rules.times import messages
from protoc_plugin_kit.field_rules.translation import Translation
from protoc_plugin_kit.field_rules.zero import exclude_zero, spare_zero

NUMBERS = (*RANGES, *SIGNED_64, *UNSIGNED_64, "float", "double")
# google.protobuf wrappers carry the rules of what they wrap.
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
KINDS = {
    getattr(FieldDescriptor, name): name.removeprefix("TYPE_").lower()
    for name in dir(FieldDescriptor)
    if name.startswith("TYPE_")
}
IGNORE_IF_ZERO_VALUE = 1
IGNORE_ALWAYS = 3


def map_entry(field: FieldDescriptor) -> Descriptor | None:
    """Returns the message of a map's entries, None when the field is no map."""
    message = field.message_type
    return message if message is not None and message.GetOptions().map_entry else None


def kind_of(field: FieldDescriptor) -> str:
    """Returns the name of the field's type as buf.validate's FieldRules spell it."""
    if field.message_type is not None:
        return WRAPPERS.get(field.message_type.full_name, "message")
    return KINDS[field.type]


@dataclass(frozen=True)
class FieldRules:
    """Translates buf.validate.FieldRules; None stands for a field that has none.

    With `wide_as_text`, 64-bit integers are strings even where their rules bound them.
    """

    wide_as_text: bool

    def translate(self, field: FieldDescriptor, rules: Any) -> Translation:
        """Returns what the rules of a field become."""
        if rules is not None and rules.ignore == IGNORE_ALWAYS:
            rules = None
        if entry := map_entry(field):
            said = self._map(entry, _typed(rules))
        elif field.is_repeated:
            said = self._list(field, _typed(rules))
        else:
            said = self._value(field, _typed(rules))
        if rules is None:
            return said
        if rules.required and not field.has_presence:
            exclude_zero(field, said)
        if rules.ignore == IGNORE_IF_ZERO_VALUE:
            spare_zero(field, said)
        if "x-not" in said.keywords:
            values = ", ".join(f"`{value}`" for value in said.keywords["x-not"]["enum"])
            said.unsaid.append(f"must be none of {values}.")
        said.unsaid += _expressions(rules)
        return said

    def _value(self, field: FieldDescriptor, own: Any) -> Translation:
        kind = kind_of(field)
        if kind in NUMBERS:
            return numbers(kind, own, as_text=self.wide_as_text)
        if kind == "message" and field.message_type is not None:
            return messages(field.message_type.full_name, own)
        if own is None:
            return Translation()
        if field.enum_type is not None:
            return enums(field.enum_type, own)
        return {"string": strings, "bytes": octets, "bool": booleans}[kind](own)

    def _list(self, field: FieldDescriptor, own: Any) -> Translation:
        said = Translation()
        items = own.items if own is not None and own.HasField("items") else None
        said.nest("items", self._element(field, items), "each item")
        if own is None:
            return said
        if own.HasField("min_items"):
            said.keywords["minItems"] = own.min_items
        if own.HasField("max_items"):
            said.keywords["maxItems"] = own.max_items
        if own.unique:
            said.keywords["uniqueItems"] = True
        return said

    def _map(self, entry: Descriptor, own: Any) -> Translation:
        said = Translation()
        key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
        values = own.values if own is not None and own.HasField("values") else None
        said.nest("additionalProperties", self._element(value, values), "each value")
        if own is None:
            return said
        if own.HasField("min_pairs"):
            said.keywords["minProperties"] = own.min_pairs
        if own.HasField("max_pairs"):
            said.keywords["maxProperties"] = own.max_pairs
        if own.HasField("keys"):
            keys = self._element(key, own.keys)
            said.unsaid += [
                f"each key must have {name} `{value}`."
                for name, value in keys.keywords.items()
                if name not in ("example", "type", "format") or value in FORMATS.values()
            ]
            said.unsaid += [f"each key {sentence}" for sentence in keys.unsaid]
        return said

    def _element(self, field: FieldDescriptor, rules: Any) -> Translation:
        said = self._value(field, _typed(rules))
        if rules is not None:
            said.unsaid += _expressions(rules)
        return said


def _typed(rules: Any) -> Any:
    name = rules.WhichOneof("type") if rules is not None else None
    return getattr(rules, name) if name else None


def _expressions(rules: Any) -> list[str]:
    return [cel_text(rule) for rule in rules.cel] + [
        f"must satisfy `{expression}`." for expression in rules.cel_expression
    ]


def cel_text(rule: Any) -> str:
    """Returns what a CEL rule demands: its message, or else its expression."""
    return f"{rule.message.rstrip('.')}." if rule.message else f"must satisfy `{rule.expression}`."
