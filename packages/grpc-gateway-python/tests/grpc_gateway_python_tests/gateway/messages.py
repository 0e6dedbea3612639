"""Hypothesis strategies of Protobuf messages, from their descriptors."""

import math
from typing import Any

from google.protobuf import any_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import strategies as st

F = FieldDescriptor
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def integers(bits: int, *, signed: bool) -> st.SearchStrategy[int]:
    lowest, highest = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return st.integers(lowest, highest) | st.sampled_from([lowest, highest])


SCALARS: dict[int, st.SearchStrategy[Any]] = {
    F.TYPE_BOOL: st.booleans(),
    F.TYPE_STRING: TEXTS,
    F.TYPE_BYTES: st.binary(max_size=8),
    # JSON has one NaN; those with other bits would come back changed.
    F.TYPE_DOUBLE: st.floats(allow_nan=False) | st.just(math.nan),
    F.TYPE_FLOAT: st.floats(allow_nan=False, width=32) | st.just(math.nan),
    F.TYPE_INT32: integers(32, signed=True),
    F.TYPE_SINT32: integers(32, signed=True),
    F.TYPE_SFIXED32: integers(32, signed=True),
    F.TYPE_UINT32: integers(32, signed=False),
    F.TYPE_FIXED32: integers(32, signed=False),
    F.TYPE_INT64: integers(64, signed=True),
    F.TYPE_SINT64: integers(64, signed=True),
    F.TYPE_SFIXED64: integers(64, signed=True),
    F.TYPE_UINT64: integers(64, signed=False),
    F.TYPE_FIXED64: integers(64, signed=False),
}
PATHS = st.from_regex(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)?(\.[a-z]+)?", fullmatch=True)


@st.composite
def messages(draw: st.DrawFn, descriptor: Descriptor, depth: int = 2) -> Any:
    """Returns messages with a few fields set."""
    message: Any = message_factory.GetMessageClass(descriptor)()
    special = SPECIAL.get(descriptor.full_name)
    if special:
        special(draw, message, depth)
        return message
    candidates = [field for field in descriptor.fields if depth or field.message_type is None]
    if not candidates:
        return message
    count = min(len(candidates), 6)
    for field in draw(st.lists(st.sampled_from(candidates), max_size=count, unique_by=id)):
        _set(draw, message, field, depth)
    return message


def _set(draw: st.DrawFn, message: Any, field: FieldDescriptor, depth: int) -> None:
    if field.message_type and field.message_type.GetOptions().map_entry:
        _set_map(draw, getattr(message, field.name), field, depth)
    elif field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(_values(field, depth), max_size=3)))
    elif field.message_type:
        child = getattr(message, field.name)
        child.SetInParent()
        child.CopyFrom(draw(_values(field, depth)))
    else:
        setattr(message, field.name, draw(_values(field, depth)))


def _set_map(draw: st.DrawFn, target: Any, field: FieldDescriptor, depth: int) -> None:
    entry: Any = field.message_type
    key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
    for name in draw(st.lists(_values(key, depth), max_size=3, unique=True)):
        if value.message_type:
            target[name].CopyFrom(draw(_values(value, depth)))
        else:
            target[name] = draw(_values(value, depth))


def _values(field: FieldDescriptor, depth: int) -> st.SearchStrategy[Any]:
    if field.message_type:
        return messages(field.message_type, depth - 1)
    if field.enum_type:
        numbers = [value.number for value in field.enum_type.values]
        unknown = [] if field.enum_type.full_name == "google.protobuf.NullValue" else [77, -3]
        return st.sampled_from(numbers + unknown)
    return SCALARS[field.type]


def _timestamp(draw: st.DrawFn, message: Any, _: int) -> None:
    message.seconds = draw(st.integers(-62_135_596_800, 253_402_300_799))
    message.nanos = draw(st.integers(0, 999_999_999) | st.sampled_from([1000, 1_000_000]))


def _duration(draw: st.DrawFn, message: Any, _: int) -> None:
    sign = draw(st.sampled_from([1, -1]))
    message.seconds = sign * draw(st.integers(0, 315_575_999_999))
    message.nanos = sign * draw(st.integers(0, 999_999_999) | st.sampled_from([1000, 1_000_000]))


def _mask(draw: st.DrawFn, message: Any, _: int) -> None:
    message.paths.extend(draw(st.lists(PATHS, max_size=3)))


def _value(draw: st.DrawFn, message: Any, depth: int) -> None:
    kinds = ["null_value", "bool_value", "number_value", "string_value"]
    kind = draw(st.sampled_from(kinds + (["struct_value", "list_value"] if depth > 0 else [])))
    if kind == "null_value":
        message.null_value = 0
    elif kind == "bool_value":
        message.bool_value = draw(st.booleans())
    elif kind == "number_value":
        message.number_value = draw(st.floats(allow_nan=False, allow_infinity=False))
    elif kind == "string_value":
        message.string_value = draw(TEXTS)
    else:
        child = getattr(message, kind)
        child.SetInParent()
        child.CopyFrom(draw(messages(child.DESCRIPTOR, depth - 1)))


def _struct(draw: st.DrawFn, message: Any, depth: int) -> None:
    for name in draw(st.lists(TEXTS, max_size=2, unique=True)):
        _value(draw, message.fields[name], depth - 1)


def _list(draw: st.DrawFn, message: Any, depth: int) -> None:
    for _ in range(draw(st.integers(0, 2))):
        _value(draw, message.values.add(), depth - 1)


def _any(draw: st.DrawFn, message: any_pb2.Any, depth: int) -> None:
    shared = descriptor_pool.Default().FindMessageTypeByName("kinds.v1.Shared")
    message.Pack(draw(messages(shared, depth)))


SPECIAL: dict[str, Any] = {
    "google.protobuf.Any": _any,
    "google.protobuf.Duration": _duration,
    "google.protobuf.FieldMask": _mask,
    "google.protobuf.ListValue": _list,
    "google.protobuf.Struct": _struct,
    "google.protobuf.Timestamp": _timestamp,
    "google.protobuf.Value": _value,
}
