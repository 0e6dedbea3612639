"""What a field's type means for generated code: which runtime functions read and write it."""

from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor

F = FieldDescriptor

READERS: Final = {
    F.TYPE_BOOL: "bool",
    F.TYPE_STRING: "string",
    F.TYPE_BYTES: "bytes",
    F.TYPE_DOUBLE: "double",
    F.TYPE_FLOAT: "float",
    F.TYPE_INT32: "int32",
    F.TYPE_SINT32: "int32",
    F.TYPE_SFIXED32: "int32",
    F.TYPE_UINT32: "uint32",
    F.TYPE_FIXED32: "uint32",
    F.TYPE_INT64: "int64",
    F.TYPE_SINT64: "int64",
    F.TYPE_SFIXED64: "int64",
    F.TYPE_UINT64: "uint64",
    F.TYPE_FIXED64: "uint64",
}
INTEGERS: Final = frozenset({"int32", "uint32", "int64", "uint64"})
LONG_INTEGERS: Final = frozenset({"int64", "uint64"})

WELL_KNOWN: Final = {
    "google.protobuf.Any": "any",
    "google.protobuf.Duration": "duration",
    "google.protobuf.FieldMask": "field_mask",
    "google.protobuf.ListValue": "list_value",
    "google.protobuf.Struct": "struct",
    "google.protobuf.Timestamp": "timestamp",
    "google.protobuf.Value": "value",
}
"""Messages with a JSON form of their own → the middle of their functions' names."""
TEXTUAL: Final = frozenset({"duration", "timestamp"})
"""Of those, the ones whose JSON form is a string and stands for itself in a parameter."""
JSON_TEXTUAL: Final = frozenset({"list_value", "struct", "value"})
"""And the ones that a parameter holds as JSON."""
NULL_VALUE: Final = "google.protobuf.NullValue"
WRAPPERS: Final = "google/protobuf/wrappers.proto"


def json_reader_of(field: FieldDescriptor, *, number: bool) -> str:
    """Returns the function that reads a scalar field, no enum, from JSON.

    `number` says that JSON has the field's integers as exact numbers only.
    """
    name = READERS[field.type]
    return f"read_{name}_number" if number and name in INTEGERS else f"read_{name}"


def text_reader_of(field: FieldDescriptor, *, number: bool) -> str:
    """Returns the function that reads a scalar field, no enum, from a parameter."""
    name = READERS[field.type]
    if number and name in LONG_INTEGERS:
        return f"read_exact_{name}_text"
    return f"read_{name}_text" if name in INTEGERS or name == "bool" else f"read_{name}"


def writer_of(field: FieldDescriptor, *, number: bool) -> str:
    """Returns the function that writes a scalar field, no enum; empty when JSON takes it as it is."""
    name = READERS[field.type]
    if name in LONG_INTEGERS and not number:
        return "str"
    return f"write_{name}" if name in {"bytes", "double", "float"} else ""


def is_long(field: FieldDescriptor) -> bool:
    """Tells whether the field is a 64-bit integer."""
    return READERS.get(field.type) in LONG_INTEGERS


def key_reader_of(field: FieldDescriptor) -> str:
    """Returns the function that reads a map's key, which JSON always has as a string."""
    name = READERS[field.type]
    return "read_string" if name == "string" else f"read_{name}_text"


def well_known_of(message: Descriptor) -> str:
    """Returns the middle of a well-known type's function names, empty for other messages."""
    return WELL_KNOWN.get(message.full_name, "")


def wrapped_of(message: Descriptor) -> FieldDescriptor | None:
    """Returns the field of a wrapper message such as Int64Value, None for other messages."""
    return message.fields_by_name["value"] if message.file.name == WRAPPERS else None


def is_map(field: FieldDescriptor) -> bool:
    """Tells whether the field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def map_fields(field: FieldDescriptor) -> tuple[FieldDescriptor, FieldDescriptor]:
    """Returns the key and the value of a map."""
    entry: Any = field.message_type
    return entry.fields_by_name["key"], entry.fields_by_name["value"]


def is_null_value(field: FieldDescriptor) -> bool:
    """Tells whether the field's only value is null."""
    return field.enum_type is not None and field.enum_type.full_name == NULL_VALUE


def takes_null(field: FieldDescriptor) -> bool:
    """Tells whether null is a value of the field, and not the absence of one."""
    if field.is_repeated:
        return False
    value = field.message_type is not None and well_known_of(field.message_type) == "value"
    return value or is_null_value(field)


def choice_of(field: FieldDescriptor) -> str:
    """Returns the name of the oneof that the field is in, empty when it is in none."""
    oneof = field.containing_oneof
    if oneof is None or (len(oneof.fields) == 1 and oneof.name == f"_{field.name}"):
        return ""
    return oneof.name


def has_text(field: FieldDescriptor) -> bool:
    """Tells whether a text in a path or query can say the field's value, or one of its items."""
    if field.message_type is None:
        return True
    if is_map(field):
        return False
    known = well_known_of(field.message_type)
    return known in TEXTUAL | JSON_TEXTUAL | {"field_mask"} or bool(wrapped_of(field.message_type))
