"""Query strings, whose parameters name request fields."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from grpc_gateway_python.transcoding.place import DEPTH_MAX
from grpc_gateway_python.transcoding.violations import NAME_CHARACTERS_MAX, invalid

PARAMETERS_MAX: Final = 1000
NAMES_CACHED_MAX: Final = 256
NAME_CACHED_CHARACTERS_MAX: Final = 64
MALFORMED_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
NOT_ENCODED: Final = "must have a query of percent-encoded UTF-8"

UNDERSCORED: Final = re.compile("_(.)")
MAP_ENTRY: Final = re.compile(r"([^.\[\]]+)\[(.*)\]")

Query = dict[str, list[str]]
"""Parameter name → its values, in the order of the query string."""


def parse_query(query: bytes) -> Query:
    """Splits and decodes a query string.

    Raises:
        InvalidRequestError: The query is not percent-encoded UTF-8, or has too many parameters.
    """
    found: Query = {}
    if not query:
        return found
    if not is_percent_encoded(query):
        raise invalid("", NOT_ENCODED)
    if query.count(b"&") >= PARAMETERS_MAX:
        raise invalid("", f"must have at most {PARAMETERS_MAX} query parameters")
    if b"%" not in query and b"+" not in query and query.isascii():
        for text in query.decode("ascii").split("&"):
            if text:
                key, _, content = text.partition("=")
                found.setdefault(key, []).append(content)
        return found
    for pair in query.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            found.setdefault(_decoded(name), []).append(_decoded(value))
    return found


def parameters(query: Query, bound: tuple[str, ...] = ()) -> Iterable[tuple[str, list[str]]]:
    """Returns the parameters with their values; errors are raised during the iteration.

    Args:
        query: The parsed query string.
        bound: Paths of the fields that the path or the body sets.

    Raises:
        InvalidRequestError: A parameter names a bound field, is given twice in two spellings, or nests too deep.
    """
    return _parameters(query, bound) if query else ()


def _parameters(query: Query, bound: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    spellings: set[str] = set()
    for name, values in query.items():
        if bound and any(_overlap(name, path) for path in bound):
            raise unknown_parameter(name)
        short = len(name) <= NAME_CACHED_CHARACTERS_MAX
        spelling = _json_spelling(name) if short else _json_spelling.__wrapped__(name)
        if spelling is None:
            raise unknown_parameter(name)
        if spelling in spellings:
            raise invalid(name, "must not be given twice, in two spellings")
        spellings.add(spelling)
        yield name, values


@lru_cache(NAMES_CACHED_MAX)
def _json_spelling(name: str) -> str | None:
    """Returns a name as JSON spells it; None for one that nests too deep."""
    if name.count(".") >= DEPTH_MAX:
        return None
    field, *key = name.partition("[")
    return "".join((UNDERSCORED.sub(lambda match: match[1].upper(), field), *key))


def _overlap(name: str, other: str) -> bool:
    """Tells whether two field paths are equal, or one is the beginning of the other."""
    return name == other or name.startswith(f"{other}.") or other.startswith(f"{name}.")


def map_entry(name: str) -> tuple[str, str] | None:
    """Returns the field and the key of a name like `field[key]`, or None for other names."""
    match = MAP_ENTRY.fullmatch(name)
    return (match[1], match[2]) if match else None


def reject_parameters(query: Query) -> None:
    """Raises InvalidRequestError for the first parameter, if there is one."""
    for name in query:
        raise unknown_parameter(name)


def one(values: list[str], parameter: str) -> str:
    """Returns the only value of a parameter; raises InvalidRequestError if it has several."""
    if len(values) == 1:
        return values[0]
    raise invalid(parameter, "must be given once")


def unknown_parameter(name: str) -> Exception:
    """Returns the error for a parameter that the method doesn't have."""
    return invalid(name[:NAME_CHARACTERS_MAX], "is not a parameter of this method")


def is_percent_encoded(text: bytes) -> bool:
    """Tells whether two hexadecimal digits follow each percent sign (RFC 3986, section 2.1)."""
    return b"%" not in text or MALFORMED_ESCAPE.search(text) is None


def _decoded(text: bytes) -> str:
    if b"+" in text:
        text = text.replace(b"+", b" ")
    try:
        return (unquote_to_bytes(text) if b"%" in text else text).decode()
    except UnicodeDecodeError:
        raise invalid("", NOT_ENCODED) from None
