"""Confluent's wire format: a zero byte, the schema id, the message's index in its file, the message.

Source: "Wire format" in Confluent's Schema Registry documentation. The index is a list of zigzag
varints with its length in front; the list [0], a file's first message, is written as one zero byte.
"""

import struct

MAGIC = 0
FIRST_MESSAGE = b"\0"
_HEADER = struct.Struct(">bI")


class WireError(ValueError):
    """Bytes that are not in the wire format; the text says why."""


def frame(schema_id: int) -> bytes:
    """Returns the prefix of a message that is the first one in its file."""
    return _HEADER.pack(MAGIC, schema_id) + FIRST_MESSAGE


def unframe(value: bytes | None) -> tuple[int, bytes]:
    """Returns the schema id and the message.

    Raises:
        WireError: the bytes are no framed first message of a file.
    """
    if value is None:
        raise WireError("no value (a tombstone)")
    if not value:
        raise WireError("an empty value")
    if value[0] != MAGIC:
        raise WireError(f"starts with byte {value[0]}, not with {MAGIC}")
    start = _HEADER.size + len(FIRST_MESSAGE)
    if len(value) < start:
        raise WireError(f"{len(value)} bytes are too few for a frame of {start}")
    if value[_HEADER.size : start] != FIRST_MESSAGE:
        raise WireError("not the first message of its schema")
    return _HEADER.unpack_from(value)[1], value[start:]
