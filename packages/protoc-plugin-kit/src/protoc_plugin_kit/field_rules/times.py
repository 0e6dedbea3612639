"""Rules of google.protobuf.Timestamp, Duration, FieldMask and Any, which keywords hardly say."""

from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from protoc_plugin_kit.field_rules.translation import Translation

DURATION = r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$"
_BOUNDS = {"gte": "at least", "gt": "more than", "lte": "at most", "lt": "less than"}
_FORMS: dict[str, type[Timestamp | Duration | FieldMask]] = {
    "google.protobuf.Timestamp": Timestamp,
    "google.protobuf.Duration": Duration,
    "google.protobuf.FieldMask": FieldMask,
}


def messages(name: str, rules: Any) -> Translation:
    """Translates the rules of a well-known message type; other messages have none of their own."""
    said = Translation()
    if name == "google.protobuf.Duration":
        said.keywords["pattern"] = DURATION
    if rules is not None:
        said.add(_TRANSLATORS[name](rules))
    return said


def times(rules: Any) -> Translation:
    """Translates TimestampRules and DurationRules."""
    said = Translation()
    present = {field.name for field, _ in rules.ListFields()}
    for rule, words in _BOUNDS.items():
        if rule in present:
            said.unsaid.append(f"must be {words} {_json(getattr(rules, rule))}.")
    if "lt_now" in present:
        said.unsaid.append("must be in the past.")
    if "gt_now" in present:
        said.unsaid.append("must be in the future.")
    if "within" in present:
        said.unsaid.append(f"must be within {_json(rules.within)} of now.")
    _values(rules, present, said)
    return said


def field_masks(rules: Any) -> Translation:
    """Translates FieldMaskRules."""
    said = Translation()
    if rules.HasField("const"):
        said.keywords["enum"] = [_json(rules.const)]
    if allowed := getattr(rules, "in"):
        said.unsaid.append(f"must name only these fields: {', '.join(allowed)}.")
    if rules.not_in:
        said.unsaid.append(f"must name none of these fields: {', '.join(rules.not_in)}.")
    if rules.example:
        said.keywords["example"] = _json(rules.example[0])
    return said


def anys(rules: Any) -> Translation:
    """Translates AnyRules."""
    said = Translation()
    if allowed := getattr(rules, "in"):
        said.unsaid.append(f"must be of one of these types: {', '.join(allowed)}.")
    if rules.not_in:
        said.unsaid.append(f"must be of none of these types: {', '.join(rules.not_in)}.")
    return said


def _values(rules: Any, present: set[str], said: Translation) -> None:
    # A time has many spellings, so `enum` would refuse equal values.
    if "const" in present:
        said.unsaid.append(f"must be {_json(rules.const)}.")
    if "in" in present:
        said.unsaid.append(f"must be one of {', '.join(map(_json, getattr(rules, 'in')))}.")
    if "not_in" in present:
        said.unsaid.append(f"must be none of {', '.join(map(_json, rules.not_in))}.")
    if rules.example:
        said.keywords["example"] = _json(rules.example[0])


def _json(value: Any) -> str:
    # The contract's own pool made the value, so its class has no ToJsonString.
    form = _FORMS[value.DESCRIPTOR.full_name]
    return form.FromString(value.SerializeToString()).ToJsonString()


_TRANSLATORS = {
    "google.protobuf.Any": anys,
    "google.protobuf.Duration": times,
    "google.protobuf.FieldMask": field_masks,
    "google.protobuf.Timestamp": times,
}
