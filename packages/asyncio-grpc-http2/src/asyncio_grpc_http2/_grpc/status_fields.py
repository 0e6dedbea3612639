"""The fields that say how a call ended: grpc-status and grpc-message."""

from urllib.parse import quote, unquote

GRPC_STATUS = "grpc-status"
GRPC_MESSAGE = "grpc-message"
GRPC_STATUS_DETAILS = "grpc-status-details-bin"
"""Trailing metadata whose value is a serialized `google.rpc.Status`."""
MESSAGE_BYTES_MAX = 4096
"""Octets of a status message before they are percent-encoded; the rest is cut off."""
_SAFE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")


def encode_message(text: str) -> str:
    """Returns a message with its UTF-8 octets percent-encoded, except printable ASCII."""
    octets = text.encode("utf-8", "replace")[:MESSAGE_BYTES_MAX]
    return quote(octets, safe=_SAFE)


def decode_message(value: str) -> str:
    """Returns a message; what isn't percent-encoded UTF-8 is kept as far as possible."""
    return unquote(value, encoding="utf-8", errors="replace") if "%" in value else value


def status_fields(code: int, message: str) -> list[tuple[str, str]]:
    """Returns the fields of trailers for a status and its message, which is empty for none."""
    fields = [(GRPC_STATUS, str(int(code)))]
    if message:
        fields.append((GRPC_MESSAGE, encode_message(message)))
    return fields
