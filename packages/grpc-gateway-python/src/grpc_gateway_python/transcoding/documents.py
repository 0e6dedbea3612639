"""Parses JSON text, with limits on its size and shape, and writes JSON text."""

import re
from typing import Final

import jiter
import orjson

from grpc_gateway_python.transcoding.place import Place
from grpc_gateway_python.transcoding.violations import (
    NAME_CHARACTERS_MAX,
    InvalidRequestError,
    invalid,
)

WHERE: Final = re.compile(r" at line (\d+) column (\d+)$")
"""The end of jiter's error messages."""
REPEATED: Final = re.compile(r'Detected duplicate key "(.*)"', re.DOTALL)
DESCRIPTIONS: Final = {
    "recursion limit exceeded": "nests deeper than 200 levels",
    "number out of range": "has an integer of more than 4300 digits",
}
"""Errors of jiter's own limits. JSON has no such limits, but no message comes near them."""
VALUES_MAX: Final = 50_000
"""The most values that a document may have. Parsing 1 MiB of `[]` would block the event loop for 0.2 seconds."""
QUOTES_MAX: Final = 4 * VALUES_MAX
"""The most quotation marks of such a document: a member has at most four, two for its name and two for its value."""


def from_json(text: bytes) -> object:
    """Parses a request body.

    A number beyond the range of a 64-bit float is valid JSON. It is parsed as an infinity, and the reader of its field
    rejects it with an error that names the field.

    Raises:
        InvalidRequestError: The text is not UTF-8, is not JSON, nests too deep, repeats a member or has too many values.
            The description names the position.
    """
    if len(text) > VALUES_MAX and _has_too_many_values(text):
        raise invalid("", f"must have at most {VALUES_MAX} values")
    try:
        return jiter.from_json(
            text, allow_inf_nan=False, cache_mode="keys", catch_duplicate_keys=True
        )
    except ValueError as error:
        raise _not_json(text, str(error)) from None


to_json = orjson.dumps


def from_json_text(text: str, place: Place, name: str) -> object:
    """Parses a path or query parameter whose value is JSON."""
    try:
        return from_json(text.encode())
    except InvalidRequestError:
        raise place.invalid(name, "must be JSON") from None


def _not_json(text: bytes, error: str) -> InvalidRequestError:
    try:
        text.decode()
    except UnicodeDecodeError as bad:
        return invalid("", f"is not UTF-8 at byte {bad.start}")
    if not text.strip():
        return invalid("", "must be a JSON document, and is empty")
    if repeated := REPEATED.match(error):
        return invalid(repeated[1][:NAME_CHARACTERS_MAX], "must not be given twice in an object")
    cause, line, column, _ = WHERE.split(error)
    return invalid("", f"{DESCRIPTIONS.get(cause, 'is not JSON')} at line {line}, column {column}")


def _has_too_many_values(text: bytes) -> bool:
    """Tells whether a document has more than VALUES_MAX values, by counting commas and opening brackets.

    The first count is cheap and includes characters inside strings. Strings are removed and the rest is counted again
    only if the first count is above the limit.
    """
    if _beginnings(text) <= VALUES_MAX:
        return False
    unescaped = text.replace(rb"\\", b"").replace(rb"\"", b"")
    if unescaped.count(b'"') > QUOTES_MAX:
        return True
    return _beginnings(b"".join(unescaped.split(b'"')[::2])) > VALUES_MAX


def _beginnings(text: bytes) -> int:
    return sum(map(text.count, (b",", b"[", b"{")))
