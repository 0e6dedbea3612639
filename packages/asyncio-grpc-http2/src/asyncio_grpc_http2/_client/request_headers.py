"""The header block of requests: a part of the method and a part of the call."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from asyncio_grpc_http2._grpc.metadata import MetadataValue, header_fields
from asyncio_grpc_http2._grpc.timeouts import format_timeout
from asyncio_grpc_http2._http2 import encode_headers
from asyncio_grpc_http2._version import __version__

USER_AGENT: Final = f"asyncio-grpc-http2/{__version__}"
LONG: Final = 128
"""The length from which on an entry of metadata is encoded once and kept."""


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
    return b"".join(
        [
            _long_block(name, value) if len(value) >= LONG else _block(name, value)
            for name, value in metadata
        ]
    )


def _block(name: str, value: MetadataValue) -> bytes:
    return encode_headers(header_fields(((name, value),)))


@lru_cache(maxsize=1024)
def _long_block(name: str, value: MetadataValue) -> bytes:
    """Returns the field of a long value, such as a token, which many calls repeat."""
    return _block(name, value)
