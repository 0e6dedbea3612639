"""The rules of one field, whatever its type."""

from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from codegen.openapi_refiner.rules.enums import booleans, enums
from codegen.openapi_refiner.rules.numbers import RANGES, SIGNED_64, UNSIGNED_64, numbers
from codegen.openapi_refiner.rules.strings import octets, strings
from codegen.openapi_refiner.rules.times import DURATION, anys, field_masks, times
from codegen.openapi_refiner.rules.translation import Translation
from codegen.openapi_refiner.rules.zero import excludes_zero, without_zero_conflicts

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


def is_map(field: FieldDescriptor) -> bool:
    """Tells whether the field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def kind_of(field: FieldDescriptor) -> str:
    """Returns the name of the field's type as buf.validate's FieldRules spell it."""
    if field.message_type is not None:
        return WRAPPERS.get(field.message_type.full_name, "message")
    return KINDS[field.type]


def translate(field: FieldDescriptor, rules: Any) -> Translation:
    """Translates the FieldRules of a field; they are None when it has none."""
    if rules is not None and rules.ignore == IGNORE_ALWAYS:
        rules = None
    if is_map(field):
        said = _maps(field, rules)
    elif field.is_repeated:
        said = _lists(field, rules)
    else:
        said = _value(field, rules)
    if rules is None:
        return said
    if rules.required and not field.has_presence:
        excludes_zero(field, said)
    if rules.ignore == IGNORE_IF_ZERO_VALUE:
        without_zero_conflicts(field, said)
    said.unsaid += _expressions(rules)
    return said


def _value(field: FieldDescriptor, rules: Any) -> Translation:
    kind = kind_of(field)
    own = _typed(rules)
    if kind in NUMBERS:
        return numbers(kind, own)
    if field.message_type is not None and kind == "message":
        return _message(field.message_type.full_name, own)
    if own is None:
        return Translation()
    if kind == "enum":
        return enums(field.enum_type, own)
    return {"string": strings, "bytes": octets, "bool": booleans}[kind](own)


def _message(name: str, own: Any) -> Translation:
    said = Translation()
    if name == "google.protobuf.Duration":
        said.keywords["pattern"] = DURATION
    if own is not None:
        translators = {
            "any": anys,
            "field_mask": field_masks,
            "timestamp": times,
            "duration": times,
        }
        kind = name.removeprefix("google.protobuf.")
        said.add(translators["field_mask" if kind == "FieldMask" else kind.lower()](own))
    return said


def _lists(field: FieldDescriptor, rules: Any) -> Translation:
    own = _typed(rules)
    said = Translation()
    items = own.items if own is not None and own.HasField("items") else None
    said.nest("items", _element(field, items), "Each item")
    if own is None:
        return said
    if own.HasField("min_items"):
        said.keywords["minItems"] = own.min_items
    if own.HasField("max_items"):
        said.keywords["maxItems"] = own.max_items
    if own.unique:
        said.keywords["uniqueItems"] = True
    return said


def _maps(field: FieldDescriptor, rules: Any) -> Translation:
    own = _typed(rules)
    said = Translation()
    key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
    values = own.values if own is not None and own.HasField("values") else None
    said.nest("additionalProperties", _element(value, values), "Each value")
    if own is None:
        return said
    if own.HasField("min_pairs"):
        said.keywords["minProperties"] = own.min_pairs
    if own.HasField("max_pairs"):
        said.keywords["maxProperties"] = own.max_pairs
    if own.HasField("keys"):
        keys = _element(key, own.keys)
        said.unsaid += [f"Each key must satisfy {_plain(keys.keywords)}."] if keys.keywords else []
        said.unsaid += [f"Each key {sentence}" for sentence in keys.unsaid]
    return said


def _element(field: FieldDescriptor, rules: Any) -> Translation:
    said = _value(field, rules)
    if rules is not None:
        said.unsaid += _expressions(rules)
    return said


def _plain(keywords: dict[str, Any]) -> str:
    return ", ".join(f"{name} `{value}`" for name, value in keywords.items() if name != "example")


def _typed(rules: Any) -> Any:
    name = rules.WhichOneof("type") if rules is not None else None
    return getattr(rules, name) if name else None


def _expressions(rules: Any) -> list[str]:
    return [cel_text(rule) for rule in rules.cel] + [
        f"must satisfy `{x}`." for x in rules.cel_expression
    ]


def cel_text(rule: Any) -> str:
    """Returns what a CEL rule demands: its message, or else its expression."""
    return f"{rule.message.rstrip('.')}." if rule.message else f"must satisfy `{rule.expression}`."
