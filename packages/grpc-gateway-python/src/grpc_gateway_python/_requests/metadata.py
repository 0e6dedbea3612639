"""Converts HTTP headers to gRPC metadata, and metadata to HTTP headers."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from grpc_gateway_python._requests.headers import RawHeaders
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python._responses.request_ids import HEADER as REQUEST_ID
from grpc_gateway_python.transcoding.scalars import from_base64
from rpc_contract.errors import FieldViolation
from rpc_contract.v1.contract_errors import invalid_request

PREFIX: Final = b"grpc-metadata-"
TRAILER_PREFIX: Final = b"grpc-trailer-"
BINARY: Final = "-bin"
VALUE: Final = re.compile(rb"[\x20-\x7e]*")
UNPRINTABLE: Final = re.compile(rb"[^\x20-\x7e]")
KEY: Final = re.compile(rb"(?!grpc-|-bin$)[0-9a-z_.-]+")
"""A valid key. gRPC reserves the prefix `grpc-`, and treats the key `-bin` as text instead of binary."""
CONNECTIONS: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"transfer-encoding", b"upgrade"}
    | {b"host", b"content-length", b"content-type", b"user-agent", b"lb-cost-bin"}
)
"""Names that HTTP/2 forbids (RFC 9113, section 8.2.2), and names that gRPC sets itself. Many servers
fail a call that has one of them."""
RESERVED: Final = ("grpc-", ":")
HOP_BY_HOP: Final = frozenset({"content-type", "user-agent", "te", "date", "server", "trailer"})

Metadata = tuple[tuple[str, str | bytes], ...]
ReceivedMetadata = Iterable[tuple[str, str | bytes]] | None


@dataclass(frozen=True, slots=True)
class HeaderNames:
    """The headers that are forwarded under their own names; others need the prefix Grpc-Metadata-."""

    requests: frozenset[bytes]
    responses: frozenset[str]
    tracing: frozenset[bytes] = frozenset()
    """Request headers that are dropped when they are no valid metadata: a broken trace must not fail a request."""
    withheld: frozenset[bytes] = frozenset()
    """Keys of metadata that no client can set, under no name: `forwarded_metadata` drops them."""


def forwarded_metadata(headers: RawHeaders, names: HeaderNames) -> Metadata:
    """Returns the metadata that the headers of a client's request become.

    Args:
        headers: The headers.
        names: The headers that pass.

    Raises:
        GatewayError: A forwarded header is no valid metadata.
    """
    found: list[tuple[str, str | bytes]] = []
    for name, value in headers:
        if name in names.requests:
            found.append(_entry(name, name, value))
        elif name in names.tracing:
            if VALUE.fullmatch(value):
                found.append((name.decode("ascii"), value.decode("ascii")))
        elif name.startswith(PREFIX):
            key = name[len(PREFIX) :]
            if key != REQUEST_ID and key not in names.withheld:
                found.append(_entry(name, key, value))
    return tuple(found)


def _entry(header: bytes, key: bytes, value: bytes) -> tuple[str, str | bytes]:
    name = header.decode("latin-1")
    if KEY.fullmatch(key) is None or key in CONNECTIONS:
        raise _rejected(name, "is no name of metadata")
    text = key.decode("ascii")
    if text.endswith(BINARY):
        data = from_base64(value.decode("latin-1"))
        if data is None:
            raise _rejected(name, "must be base64")
        return text, data
    if VALUE.fullmatch(value) is None:
        raise _rejected(name, "must be printable ASCII")
    return text, value.decode("ascii")


def response_headers(
    metadata: ReceivedMetadata, names: HeaderNames, prefix: bytes = PREFIX
) -> list[tuple[bytes, bytes]]:
    """Returns a service's metadata as HTTP headers."""
    if not metadata:
        return []
    return [
        (key.encode() if key in names.responses else prefix + key.encode(), _header_value(value))
        for key, value in metadata
        if not key.startswith(RESERVED) and key not in HOP_BY_HOP
    ]


def _header_value(value: str | bytes) -> bytes:
    if isinstance(value, str):
        return UNPRINTABLE.sub(b"?", value.encode("latin-1", "replace"))
    return base64.b64encode(value).rstrip(b"=")


def _rejected(header: str, description: str) -> GatewayError:
    return GatewayError(invalid_request().with_violations([FieldViolation(header, description)]))
