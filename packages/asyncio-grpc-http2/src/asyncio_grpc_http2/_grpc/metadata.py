"""Metadata as header fields: names in lower case, ASCII values, and binary values in fields that end with `-bin`."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable

from asyncio_grpc_http2._grpc.status_fields import GRPC_STATUS_DETAILS

MetadataValue = str | bytes
Metadata = tuple[tuple[str, MetadataValue], ...]
"""Names and values in their order; the value is bytes if the name ends with `-bin`."""

BINARY_SUFFIX = "-bin"
_NAME = re.compile(r"[0-9a-z_.\-]+")
_HTTP_NAMES = frozenset(
    [
        *("content-length", "content-type", "te", "host", "connection", "keep-alive"),
        *("proxy-connection", "transfer-encoding", "upgrade", "user-agent"),
    ]
)
_GRPC_NAMES = frozenset(
    [
        *("grpc-accept-encoding", "grpc-encoding", "grpc-message", "grpc-message-type"),
        *("grpc-status", "grpc-timeout"),
    ]
)
_allowed_names: set[str] = set()
"""Names that were checked; most calls have the same few."""
_ALLOWED_NAMES_MAX = 1024
_NOT_METADATA = (_HTTP_NAMES | _GRPC_NAMES) - {"user-agent"}
"""Received fields that are no metadata. `user-agent` and `grpc-status-details-bin` are, as in grpcio."""


def metadata_of(headers: Iterable[tuple[str, str]]) -> Metadata:
    """Returns the metadata among header fields: all but pseudo-header fields and those of the protocol.

    Raises:
        ValueError: a binary value isn't base64.
    """
    found: list[tuple[str, MetadataValue]] = []
    for name, value in headers:
        if name[0] == ":" or name in _NOT_METADATA:
            continue
        if name.endswith(BINARY_SUFFIX):
            # Several values may be joined by commas, as HTTP allows for any field.
            found += [(name, decode_binary(part)) for part in value.split(",")]
        else:
            found.append((name, value))
    return tuple(found)


def header_fields(metadata: Iterable[tuple[str, MetadataValue]]) -> list[tuple[str, str]]:
    """Returns the header fields of metadata that an application gives.

    Raises:
        ValueError: a name or value isn't allowed; the text names it.
    """
    fields = []
    for name, value in metadata:
        if name not in _allowed_names:
            _check_name(name)
        if name.endswith(BINARY_SUFFIX):
            octets = value.encode() if isinstance(value, str) else value
            fields.append((name, encode_binary(octets)))
            continue
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if not (text.isascii() and text.isprintable()):
            raise not_printable(name)
        fields.append((name, text))
    return fields


def not_printable(name: str) -> ValueError:
    """Returns the error of a text that isn't printable ASCII."""
    return ValueError(f"metadata value of {name} isn't printable ASCII")


def _check_name(name: str) -> None:
    reserved = name.startswith("grpc-") and name != GRPC_STATUS_DETAILS
    if not _NAME.fullmatch(name) or reserved or name in _HTTP_NAMES:
        raise ValueError(f"metadata name {name!r} isn't allowed")
    if len(_allowed_names) < _ALLOWED_NAMES_MAX:
        _allowed_names.add(name)


def encode_binary(value: bytes) -> str:
    """Returns base64 without padding, as gRPC asks for."""
    return b64encode(value).decode().rstrip("=")


def decode_binary(value: str) -> bytes:
    """Returns the bytes of base64 with or without padding.

    Raises:
        ValueError: it isn't base64.
    """
    unpadded = value.strip().rstrip("=")
    try:
        return b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except Base64Error as error:
        raise ValueError(f"binary metadata isn't base64: {error}") from None
