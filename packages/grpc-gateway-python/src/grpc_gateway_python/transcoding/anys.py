"""google.protobuf.Any in JSON: an object with the member `@type` and the members of the message.

The type is known only at run time, so Protobuf's own library reads and writes the message. Its 64-bit integers are
therefore strings, even if the rest of the API uses numbers.
"""

from google.protobuf import json_format
from google.protobuf.any_pb2 import Any

from grpc_gateway_python.transcoding.place import DEPTH_MAX, Place
from grpc_gateway_python.transcoding.unwritable import UnwritableError


def read_any(message: Any, json: object, place: Place, name: str) -> None:
    """Reads a message whose type is in the descriptor pool of this process."""
    if type(json) is not dict:
        raise place.invalid(name, "must be an object")
    here = place.member(name)
    message.SetInParent()
    try:
        json_format.ParseDict(json, message, max_recursion_depth=DEPTH_MAX - here.depth)
    except Exception:  # noqa: BLE001 - the library raises nearly everything for bad input
        raise here.invalid("", "must have the @type of a known message, and its members") from None


def write_any(message: Any) -> object:
    """Returns the message as JSON, with the field names of the contract."""
    return _write(message, proto_names=True)


def write_any_json_names(message: Any) -> object:
    """Returns the message as JSON, with lowerCamelCase field names."""
    return _write(message, proto_names=False)


def _write(message: Any, *, proto_names: bool) -> object:
    try:
        return json_format.MessageToDict(
            message,
            preserving_proto_field_name=proto_names,
            always_print_fields_with_no_presence=True,
        )
    except (TypeError, ValueError) as error:
        raise UnwritableError("a google.protobuf.Any holds an unknown type") from error
