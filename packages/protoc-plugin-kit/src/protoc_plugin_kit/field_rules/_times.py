"""Rules of google.protobuf.Timestamp, Duration, FieldMask and Any, which are prose for the most part."""

from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from protoc_plugin_kit.field_rules._translation import Translation

DURATION = r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$"
_BOUNDS = {"gte": "at least", "gt": "more than", "lte": "at most", "lt": "less than"}
_CLASSES: dict[str, type[Timestamp | Duration | FieldMask]] = {
    "google.protobuf.Timestamp": Timestamp,
    "google.protobuf.Duration": Duration,
    "google.protobuf.FieldMask": FieldMask,
}


def messages(name: str, rules: Any) -> Translation:
    """Translates the rules of a well-known message type; other message types have no rules."""
    translation = Translation()
    if name == "google.protobuf.Duration":
        translation.keywords["pattern"] = DURATION
    if rules is not None:
        translation.add(_TRANSLATORS[name](rules))
    return translation


def times(rules: Any) -> Translation:
    """Translates TimestampRules and DurationRules."""
    translation = Translation()
    present = {field.name for field, _ in rules.ListFields()}
    for rule, words in _BOUNDS.items():
        if rule in present:
            translation.prose.append(f"must be {words} {_json(getattr(rules, rule))}.")
    if "lt_now" in present:
        translation.prose.append("must be in the past.")
    if "gt_now" in present:
        translation.prose.append("must be in the future.")
    if "within" in present:
        translation.prose.append(f"must be within {_json(rules.within)} of now.")
    _values(rules, present, translation)
    return translation


def field_masks(rules: Any) -> Translation:
    """Translates FieldMaskRules."""
    translation = Translation()
    if rules.HasField("const"):
        translation.keywords["enum"] = [_json(rules.const)]
    if allowed := getattr(rules, "in"):
        translation.prose.append(f"must name only these fields: {', '.join(allowed)}.")
    if rules.not_in:
        translation.prose.append(f"must name none of these fields: {', '.join(rules.not_in)}.")
    if rules.example:
        translation.keywords["example"] = _json(rules.example[0])
    return translation


def anys(rules: Any) -> Translation:
    """Translates AnyRules."""
    translation = Translation()
    if allowed := getattr(rules, "in"):
        translation.prose.append(f"must be of one of these types: {', '.join(allowed)}.")
    if rules.not_in:
        translation.prose.append(f"must be of none of these types: {', '.join(rules.not_in)}.")
    return translation


def _values(rules: Any, present: set[str], translation: Translation) -> None:
    # A time has several spellings, so `enum` would reject equal values.
    if "const" in present:
        translation.prose.append(f"must be {_json(rules.const)}.")
    if "in" in present:
        translation.prose.append(f"must be one of {', '.join(map(_json, getattr(rules, 'in')))}.")
    if "not_in" in present:
        translation.prose.append(f"must be none of {', '.join(map(_json, rules.not_in))}.")
    if rules.example:
        translation.keywords["example"] = _json(rules.example[0])


def _json(value: Any) -> str:
    # The class of the value comes from the contract's descriptor pool and has no ToJsonString.
    message_class = _CLASSES[value.DESCRIPTOR.full_name]
    return message_class.FromString(value.SerializeToString()).ToJsonString()


_TRANSLATORS = {
    "google.protobuf.Any": anys,
    "google.protobuf.Duration": times,
    "google.protobuf.FieldMask": field_masks,
    "google.protobuf.Timestamp": times,
}
