"""What the gateway reads of a request's headers, gathered in one pass."""

from collections.abc import Iterable, Mapping
from typing import Final

from gateway.problems import ProblemError
from shop.gateway.v1.error_reason_refusals import not_acceptable, unsupported_media_type

JSON_TYPE: Final = b"application/json"
PLAIN_TYPES: Final = frozenset({JSON_TYPE, b"application/json; charset=utf-8"})
UTF_8: Final = frozenset({b"charset=utf-8", b'charset="utf-8"'})
WIDE_RANGES: Final = frozenset({b"*/*", b"application/*", JSON_TYPE})

RawHeaders = Iterable[tuple[bytes, bytes]]


def first_values(headers: RawHeaders) -> dict[bytes, bytes]:
    """Returns the headers by name in lower case, the first value of each."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found.setdefault(name, value)
    return found


def require_json_accepted(headers: Mapping[bytes, bytes], raw: RawHeaders) -> None:
    """Refuses a client that takes no JSON (RFC 9110, section 12.5.1)."""
    accept = headers.get(b"accept")
    if accept is None or accept in WIDE_RANGES:
        return
    accept = b",".join(value for name, value in raw if name == b"accept")
    qualities = dict(map(_media_range, accept.lower().split(b",")))
    for media_range in (JSON_TYPE, b"application/*", b"*/*"):
        if media_range in qualities:
            if qualities[media_range]:
                return
            break
    raise ProblemError(not_acceptable())


def require_json_body(headers: Mapping[bytes, bytes]) -> None:
    """Refuses a body that says it is anything but JSON in UTF-8; one that says nothing is taken."""
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise ProblemError(unsupported_media_type(), (b"accept", JSON_TYPE))
    content_type = headers.get(b"content-type")
    if content_type is None or content_type in PLAIN_TYPES:
        return
    media_type, *parameters = (part.strip() for part in content_type.lower().split(b";"))
    if media_type != JSON_TYPE or not UTF_8.issuperset(filter(None, parameters)):
        raise ProblemError(unsupported_media_type(), (b"accept", JSON_TYPE))


def _media_range(text: bytes) -> tuple[bytes, bool]:
    """Returns a media range of Accept, and whether its quality is above 0."""
    media_range, *parameters = (part.strip() for part in text.split(b";"))
    for parameter in parameters:
        if parameter.startswith(b"q="):
            try:
                return media_range, float(parameter[2:]) > 0
            except ValueError:
                return media_range, False
    return media_range, True
