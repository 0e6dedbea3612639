"""The default update mask of a PATCH request without one: the fields in its body (AIP-134)."""

from collections.abc import Iterator
from typing import Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor

OPEN_TYPES: Final = frozenset({"google.protobuf.Struct", "google.protobuf.Value"})
"""Messages whose JSON form has members with arbitrary names."""
WHOLE_FILES: Final = "google/protobuf/"
"""Folder of the well-known types: their JSON form has no member per field, so a mask names the field as a whole."""


def mask_paths(json: object, message: Descriptor) -> list[str]:
    """Returns the sorted paths of the fields in a JSON body; a list or a map is one path, without its items."""
    return sorted(_paths(json, message, ""))


def _paths(json: object, message: Descriptor, prefix: str) -> Iterator[str]:
    if not isinstance(json, dict):
        return
    for spelling, value in json.items():
        field = _field(message, spelling)
        path = prefix + field.name
        inner = field.message_type
        if inner is None or field.is_repeated or not isinstance(value, dict) or not value:
            yield path
        elif inner.full_name in OPEN_TYPES:
            yield from _open_paths(value, path)
        elif inner.file.name.startswith(WHOLE_FILES):
            yield path
        else:
            yield from _paths(value, inner, f"{path}.")


def _open_paths(json: dict[str, object], path: str) -> Iterator[str]:
    for name, value in json.items():
        if isinstance(value, dict) and value:
            yield from _open_paths(value, f"{path}.{name}")
        else:
            yield f"{path}.{name}"


def _field(message: Descriptor, spelling: str) -> FieldDescriptor:
    by_json_name = {field.json_name: field for field in message.fields}
    return message.fields_by_name.get(spelling) or by_json_name[spelling]
