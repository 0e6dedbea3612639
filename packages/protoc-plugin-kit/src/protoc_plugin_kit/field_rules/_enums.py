"""Rules of enums and booleans."""

from typing import Any

from google.protobuf.descriptor import EnumDescriptor

from protoc_plugin_kit.field_rules._translation import Translation


def enums(enum: EnumDescriptor, rules: Any) -> Translation:
    """Translates EnumRules to an `enum` of value names."""
    translation = Translation()
    names = {value.number: value.name for value in enum.values}
    allowed = list(getattr(rules, "in")) or [value.number for value in enum.values]
    if rules.HasField("const"):
        allowed = [rules.const]
    allowed = [number for number in allowed if number not in rules.not_in and number in names]
    if len(allowed) < len(enum.values):
        translation.keywords["enum"] = [names[number] for number in allowed]
    if rules.example:
        translation.keywords["example"] = names.get(rules.example[0], rules.example[0])
    return translation


def booleans(rules: Any) -> Translation:
    """Translates BoolRules."""
    translation = Translation()
    if rules.HasField("const"):
        translation.keywords["enum"] = [rules.const]
    if rules.example:
        translation.keywords["example"] = rules.example[0]
    return translation


def is_unspecified(enum: EnumDescriptor, name: str) -> bool:
    """Tells whether a value is the enum's zero value `…_UNSPECIFIED`, which means "not set" (AIP-126)."""
    zero = enum.values_by_number.get(0)
    return zero is not None and zero.name == name and name.endswith("_UNSPECIFIED")
