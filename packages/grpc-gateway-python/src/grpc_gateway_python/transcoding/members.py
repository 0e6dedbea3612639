"""The members of JSON objects and the items of JSON arrays."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from grpc_gateway_python.transcoding.place import Place, entry_step
from grpc_gateway_python.transcoding.violations import NAME_CHARACTERS_MAX

K = TypeVar("K")
T = TypeVar("T")
NO_NULLS: Final[frozenset[str]] = frozenset()


def members(
    json: object, place: Place, names: Mapping[str, str], nulls: frozenset[str] = NO_NULLS
) -> list[tuple[str, object]]:
    """Returns a JSON object's members by field name; a null counts as absent.

    Args:
        json: The JSON value.
        place: The place of the message.
        names: Member name in JSON → field name.
        nulls: The fields for which null is a value, not absence.

    Raises:
        InvalidRequestError: The value is no object, or a member is unknown or repeated.
    """
    if type(json) is not dict:
        raise place.invalid("", "must be an object")
    found = []
    for spelling, value in json.items():
        name = names.get(spelling)
        if name is None:
            raise place.invalid(spelling[:NAME_CHARACTERS_MAX], "is not a field of this message")
        if spelling != name and name in json:
            raise place.invalid(name, "must not be given twice, in two spellings")
        if value is not None or name in nulls:
            found.append((name, value))
    return found


def items(json: object, place: Place, name: str) -> list[object]:
    """Returns a JSON array's items."""
    if type(json) is list:
        return json
    raise place.invalid(name, "must be an array")


def entries(json: object, place: Place, name: str) -> dict[str, object]:
    """Returns the members of a JSON object that represents a map."""
    if type(json) is dict:
        return json
    raise place.invalid(name, "must be an object")


def read_list(
    read: Callable[[object, Place, str], T], json: object, place: Place, name: str
) -> list[T]:
    """Reads a JSON array as a repeated scalar field."""
    return [
        read(item, place, f"{name}[{index}]") for index, item in enumerate(items(json, place, name))
    ]


def read_map(
    read_key: Callable[[str, Place, str], K],
    read: Callable[[object, Place, str], T],
    json: object,
    place: Place,
    name: str,
) -> dict[K, T]:
    """Reads a JSON object as a map with scalar values."""
    return {
        read_key(key, place, name): read(value, place, entry_step(name, key))
        for key, value in entries(json, place, name).items()
    }


def reject_second_choice(chosen: str | None, place: Place, name: str) -> None:
    """Raises InvalidRequestError if another field of the same oneof is already set."""
    if chosen is not None:
        raise place.invalid(name, f"must not be given together with {chosen}")


def reject_output_only(place: Place, name: str) -> None:
    """Raises InvalidRequestError for a field that only the server sets (AIP-203, OUTPUT_ONLY)."""
    raise place.invalid(name, "is set by the server and must not be given")


def write_bool_key(key: bool) -> str:
    """Returns a bool key of a map as a JSON member name."""
    return "true" if key else "false"
