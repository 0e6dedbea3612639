"""google.protobuf.Struct, ListValue, Value and NullValue: JSON of any shape."""

import math

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, NullValue, Struct, Value

from grpc_gateway_python.transcoding.floats import finite
from grpc_gateway_python.transcoding.place import Place
from grpc_gateway_python.transcoding.unwritable import UnwritableError


def read_struct(message: Struct, json: object, place: Place, name: str) -> None:
    """Reads an object."""
    if type(json) is not dict:
        raise place.invalid(name, "must be an object")
    here = place.member(name)
    message.SetInParent()
    for key, value in json.items():
        read_value(message.fields[key], value, here, key)


def read_list_value(message: ListValue, json: object, place: Place, name: str) -> None:
    """Reads an array."""
    if type(json) is not list:
        raise place.invalid(name, "must be an array")
    here = place.member(name)
    message.SetInParent()
    for index, item in enumerate(json):
        read_value(message.values.add(), item, here, f"[{index}]")


def read_value(message: Value, json: object, place: Place, name: str) -> None:
    """Reads any JSON value, null included."""
    here = place.member(name)
    if json is None:
        message.null_value = NULL_VALUE
    elif type(json) is bool:
        message.bool_value = json
    elif type(json) is str:
        message.string_value = json
    elif type(json) is int or type(json) is float:
        message.number_value = finite(json, here, "")
    elif type(json) is list:
        read_list_value(message.list_value, json, here, "")
    else:
        read_struct(message.struct_value, json, here, "")


def write_struct(message: Struct) -> dict[str, object]:
    """Returns the object."""
    return {key: write_value(value) for key, value in message.fields.items()}


def write_list_value(message: ListValue) -> list[object]:
    """Returns the array."""
    return [write_value(value) for value in message.values]


def write_value(message: Value) -> object:
    """Returns the JSON value; a Value with no kind set is null."""
    kind = message.WhichOneof("kind")
    if kind is None or kind == "null_value":
        return None
    if kind == "list_value":
        return write_list_value(message.list_value)
    if kind == "struct_value":
        return write_struct(message.struct_value)
    value: object = getattr(message, kind)
    if type(value) is float and not math.isfinite(value):
        raise UnwritableError("a google.protobuf.Value is not a finite number")
    return value


def read_null_value(json: object, place: Place, name: str) -> NullValue.ValueType:
    """Reads null, or the enum's own name or number."""
    if json is None or json == "NULL_VALUE" or (type(json) in {int, float} and json == 0):
        return NULL_VALUE
    raise place.invalid(name, "must be null")


def write_null_value(_: int) -> None:
    """Returns null."""
