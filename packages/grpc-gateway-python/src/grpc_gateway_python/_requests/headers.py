"""Reads a request's headers, and checks Accept, Content-Type and Content-Encoding."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python.v1.gateway_errors import not_acceptable, unsupported_media_type

JSON_TYPE: Final = b"application/json"
NDJSON_TYPE: Final = b"application/x-ndjson"
PLAIN_TYPES: Final = frozenset({b"", JSON_TYPE, b"application/json; charset=utf-8"})
CHARSETS: Final = frozenset({b"", b"utf-8", b"utf8", b"us-ascii"})
"""Charsets whose text is valid UTF-8. JSON itself defines no `charset` parameter (RFC 8259, section 11)."""
WIDE_RANGES: Final = frozenset({b"*/*", b"application/*", JSON_TYPE})
PARAMETER: Final = re.compile(
    rb';[ \t]*([^\s;="]*)[ \t]*(?:=[ \t]*("(?:[^"\\]|\\.)*"|[^\s;"]*))?[ \t]*'
)
"""A parameter of a media type; lenient about spaces and missing values."""
NO_QUALITY: Final = re.compile(rb"0(?:\.0{0,3})?")

RawHeaders = Iterable[tuple[bytes, bytes]]


def first_values(headers: RawHeaders) -> dict[bytes, bytes]:
    """Returns the first value of each header, by its name in lower case."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found.setdefault(name, value)
    return found


def require_json_accepted(
    headers: Mapping[bytes, bytes], raw: RawHeaders, own_type: bytes = JSON_TYPE
) -> None:
    """Checks that Accept allows JSON or the response's own type (RFC 9110, section 12.5.1).

    Raises:
        GatewayError: Accept allows neither.
    """
    accept = headers.get(b"accept")
    if accept is None or accept in WIDE_RANGES:
        return
    accept = b",".join(value for name, value in raw if name == b"accept")
    ranges = filter(None, (part.strip() for part in accept.lower().split(b",")))
    qualities = dict(map(_media_range, ranges))
    if not qualities or qualities.get(own_type):
        return
    for media_range in (JSON_TYPE, b"application/*", b"*/*"):
        if media_range in qualities:
            if qualities[media_range]:
                return
            break
    raise GatewayError(not_acceptable())


def require_json_body(headers: Mapping[bytes, bytes]) -> None:
    """Checks that Content-Type is JSON in UTF-8 or absent, and that the body isn't compressed.

    Raises:
        GatewayError: The headers declare another type, charset or encoding.
    """
    if headers.get(b"content-encoding", b"").lower() not in {b"", b"identity"}:
        raise GatewayError(unsupported_media_type(), (b"accept", JSON_TYPE))
    content_type = headers.get(b"content-type", b"")
    if content_type in PLAIN_TYPES:
        return
    media_type, semicolon, rest = content_type.lower().partition(b";")
    parameters = dict(PARAMETER.findall(semicolon + rest))
    if (
        media_type.strip() != JSON_TYPE
        or parameters.get(b"charset", b"").strip(b'"') not in CHARSETS
    ):
        raise GatewayError(unsupported_media_type(), (b"accept", JSON_TYPE))


def _media_range(text: bytes) -> tuple[bytes, bool]:
    """Returns a media range of Accept, and whether its quality is above 0."""
    media_range, semicolon, rest = text.partition(b";")
    parameters = dict(PARAMETER.findall(semicolon + rest))
    return media_range.strip(), NO_QUALITY.fullmatch(parameters.get(b"q", b"")) is None
