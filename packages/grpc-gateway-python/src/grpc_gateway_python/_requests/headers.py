"""Reads a request's headers, and checks Accept, Content-Type and Content-Encoding."""

import re
from collections.abc import Iterable, Mapping, Sequence
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
QUALITY: Final = re.compile(rb"[01](?:\.[0-9]{0,3})?")
FULL_QUALITY: Final = 1.0
STAND_INS: Final = {NDJSON_TYPE: JSON_TYPE}
"""A type that is also accepted where another one is: each line of newline-delimited JSON is JSON."""

RawHeaders = Iterable[tuple[bytes, bytes]]


def first_values(headers: RawHeaders) -> dict[bytes, bytes]:
    """Returns the first value of each header, by its name in lower case."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found.setdefault(name, value)
    return found


def require_json_accepted(headers: Mapping[bytes, bytes], raw: RawHeaders) -> None:
    """Checks that Accept allows JSON (RFC 9110, section 12.5.1).

    Raises:
        GatewayError: It doesn't.
    """
    accept = headers.get(b"accept")
    if accept is None or accept in WIDE_RANGES:
        return
    accepted_type(raw, (JSON_TYPE,))


def accepted_type(raw: RawHeaders, offered: Sequence[bytes]) -> bytes:
    """Returns the type that Accept prefers (RFC 9110, section 12.5.1).

    Args:
        raw: The headers of the request.
        offered: The types that the response can have; of equally good ones, the first one is returned.

    Raises:
        GatewayError: Accept allows none of them.
    """
    accept = b",".join(value for name, value in raw if name == b"accept")
    ranges = filter(None, (part.strip() for part in accept.lower().split(b",")))
    qualities = dict(map(_media_range, ranges))
    if not qualities:
        return offered[0]
    best = max(offered, key=lambda content_type: _quality(qualities, content_type))
    if not _quality(qualities, best):
        raise GatewayError(not_acceptable())
    return best


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


def _quality(qualities: Mapping[bytes, float], content_type: bytes) -> float:
    """Returns the quality of the most specific media range that a type is in; 0 if there is none."""
    main_type = content_type.partition(b"/")[0]
    stand_in = STAND_INS.get(content_type, content_type)
    for media_range in (content_type, stand_in, b"%b/*" % main_type, b"*/*"):
        if media_range in qualities:
            return qualities[media_range]
    return 0.0


def _media_range(text: bytes) -> tuple[bytes, float]:
    """Returns a media range of Accept with its quality; an invalid quality counts as none."""
    media_range, semicolon, rest = text.partition(b";")
    quality = dict(PARAMETER.findall(semicolon + rest)).get(b"q", b"")
    is_valid = QUALITY.fullmatch(quality) is not None
    return media_range.strip(), float(quality) if is_valid else FULL_QUALITY
