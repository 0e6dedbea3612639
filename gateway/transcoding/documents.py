"""JSON text in and out."""

import json

import orjson

from gateway.transcoding.place import Place
from gateway.transcoding.violations import NAME_CHARACTERS_MAX, InvalidRequestError, invalid


def from_json(text: bytes) -> object:
    """Parses a request body.

    Raises:
        InvalidRequestError: it is not UTF-8, not JSON, nests too deep or repeats a member; the
            description says where.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _not_json(text, error) from None
    if text.count(b":") != (len(value) if type(value) is dict else 0):
        _refuse_repeated_members(text)
    return value


to_json = orjson.dumps


def from_json_text(text: str, place: Place, name: str) -> object:
    """Parses the JSON that a parameter holds."""
    try:
        return from_json(text.encode())
    except InvalidRequestError:
        raise place.invalid(name, "must be JSON") from None


def _not_json(text: bytes, error: orjson.JSONDecodeError) -> InvalidRequestError:
    try:
        text.decode()
    except UnicodeDecodeError as bad:
        return invalid("", f"is not UTF-8 at byte {bad.start}")
    if not text.strip():
        return invalid("", "must be a JSON document, and is empty")
    return invalid("", f"is not JSON at line {error.lineno}, column {error.colno}")


def _refuse_repeated_members(text: bytes) -> None:
    """Refuses objects in which a name stands twice, which orjson doesn't see."""
    try:
        # Numbers are not needed here, and int() refuses long ones.
        json.loads(text, object_pairs_hook=_unique, parse_int=len, parse_float=len)
    except RecursionError:
        raise invalid("", "nests too deep") from None


def _unique(pairs: list[tuple[str, object]]) -> None:
    names: set[str] = set()
    for name, _ in pairs:
        if name in names:
            raise invalid(name[:NAME_CHARACTERS_MAX], "must not be given twice in an object")
        names.add(name)
