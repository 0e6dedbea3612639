"""Paths of fields in options, such as `order.user_id`, and their Python expressions."""

import keyword

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from protoc_plugin_kit.contracts import ContractError

FieldPath = tuple[FieldDescriptor, ...]


def string_path(place: str, message: Descriptor, path: str) -> FieldPath:
    """Returns the fields that lead to a string field; none for an empty path.

    Args:
        place: The place of the option, for errors.
        message: The message where the path starts.
        path: The names of the fields, with dots between them.

    Raises:
        ContractError: A field doesn't exist, or the last one is no string.
    """
    fields: list[FieldDescriptor] = []
    owner: Descriptor | None = message
    for name in path.split(".") if path else ():
        field = owner.fields_by_name.get(name) if owner else None
        if field is None:
            where = owner.full_name if owner else fields[-1].full_name
            raise ContractError(f"{place}: {where} has no field {name!r}")
        fields.append(field)
        owner = None if field.is_repeated else field.message_type
    if fields and (fields[-1].is_repeated or fields[-1].type != FieldDescriptor.TYPE_STRING):
        raise ContractError(f"{place}: {fields[-1].full_name} is no string")
    return tuple(fields)


def value_expression(message: str, path: FieldPath) -> str:
    """Returns the Python expression of the field at a path in a message."""
    for field in path:
        message = member_expression(message, field.name)
    return message


def member_expression(message: str, name: str) -> str:
    """Returns the Python expression of a message's field, also if its name is a keyword."""
    return f'getattr({message}, "{name}")' if keyword.iskeyword(name) else f"{message}.{name}"
