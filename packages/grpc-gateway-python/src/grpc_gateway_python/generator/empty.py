"""The JSON that is read in place of an empty body: an empty message, or a field's default."""

import base64
import json
from typing import Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from grpc_gateway_python._contracts.kinds import (
    is_long,
    is_map,
    is_null_value,
    well_known_of,
    wrapped_of,
)
from grpc_gateway_python.generator.exact import ExactIntegers

OBJECT: Final = "{}"
WELL_KNOWN: Final = {
    "duration": '"0s"',
    "field_mask": '""',
    "list_value": "[]",
    "timestamp": '"1970-01-01T00:00:00Z"',
    "value": "null",
}
"""Empty messages whose JSON form is not an object."""


def empty_json(
    request: Descriptor, fields: tuple[FieldDescriptor, ...], exact: ExactIntegers
) -> str:
    """Returns the JSON that is read in place of an empty body.

    Args:
        request: The request message.
        fields: The path of fields to the body's field; empty if the body is the whole request.
        exact: Tells which 64-bit integers are numbers in JSON.
    """
    if not fields:
        return _message(request, None, exact)
    field = fields[-1]
    if is_map(field):
        return OBJECT
    if field.is_repeated:
        return "[]"
    if field.message_type:
        return _message(field.message_type, field, exact)
    return _scalar(field, field, exact)


def _message(message: Descriptor, declared: FieldDescriptor | None, exact: ExactIntegers) -> str:
    if wrapped := wrapped_of(message):
        return _scalar(wrapped, declared or wrapped, exact)
    return WELL_KNOWN.get(well_known_of(message), OBJECT)


def _scalar(field: FieldDescriptor, declared: FieldDescriptor, exact: ExactIntegers) -> str:
    if is_null_value(field):
        return "null"
    value = field.default_value
    if field.enum_type:
        return json.dumps(field.enum_type.values_by_number[value].name)
    if field.type == field.TYPE_BYTES:
        return json.dumps(base64.b64encode(value).decode())
    if is_long(field) and not exact.number(field, declared):
        return json.dumps(str(value))
    return json.dumps(value)
