"""The header block of requests: a part of the method and a part of the call."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from asyncio_grpc_http2._grpc.metadata import (
    BINARY_SUFFIX,
    MetadataValue,
    header_fields,
    not_printable,
)
from asyncio_grpc_http2._grpc.timeouts import format_timeout
from asyncio_grpc_http2._http2 import encode_headers, encoded_name
from asyncio_grpc_http2._version import __version__

USER_AGENT: Final = f"asyncio-grpc-http2/{__version__}"
LONG_VALUE_MIN: Final = 127
"""The length of the shortest value whose encoded field is kept. The length of a shorter value takes one octet."""
TEXT_NAMES_MAX: Final = 1024
_text_names: dict[str, bytes] = {}
"""The encoded names of metadata with texts as values; most calls have the same few."""


def method_block(method: str, authority: str, *, secure: bool) -> bytes:
    """Returns the fields that all calls of a method share."""
    return encode_headers(
        (
            (":method", "POST"),
            (":scheme", "https" if secure else "http"),
            (":path", method),
            (":authority", authority),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
            ("user-agent", USER_AGENT),
        )
    )


@lru_cache(maxsize=256)
def timeout_block(seconds: float) -> bytes:
    """Returns the field of a call's time-out. Most calls have one of a few configured values."""
    return encode_headers((("grpc-timeout", format_timeout(seconds)),))


def metadata_block(metadata: Iterable[tuple[str, MetadataValue]]) -> bytes:
    """Returns the fields of a call's metadata.

    Raises:
        ValueError: A name or a value isn't allowed; the text names it.
    """
    block = b""
    for name, value in metadata:
        if len(value) >= LONG_VALUE_MIN:
            block += _long_block(name, value)
            continue
        start = _text_names.get(name)
        if start is None or type(value) is not str:
            block += _block(name, value)
        elif value.isascii() and value.isprintable():
            block += b"%b%c%b" % (start, len(value), value.encode("ascii"))
        else:
            raise not_printable(name)
    return block


def _block(name: str, value: MetadataValue) -> bytes:
    block = encode_headers(header_fields(((name, value),)))
    if not name.endswith(BINARY_SUFFIX) and len(_text_names) < TEXT_NAMES_MAX:
        _text_names[name] = encoded_name(name)
    return block


@lru_cache(maxsize=1024)
def _long_block(name: str, value: MetadataValue) -> bytes:
    """Returns the field of a long value, such as a token, which many calls repeat."""
    return _block(name, value)
