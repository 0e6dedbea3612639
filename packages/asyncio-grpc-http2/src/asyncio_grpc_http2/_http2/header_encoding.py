"""Encodes header blocks (HPACK, RFC 7541) without state: they change no decoder's dynamic table."""

from collections.abc import Iterable
from functools import lru_cache

from hpack.table import HeaderTable

TABLE_SIZE_ZERO = b"\x20"
"""The update that announces to a decoder that this encoder uses no dynamic table."""
_LENGTH_MASK = 0x7F
"""A shorter string has its length in one octet (section 5.1)."""
_STATIC_FIELDS = {
    (name.decode(), value.decode()): bytes((0x81 + index,))
    for index, (name, value) in enumerate(HeaderTable.STATIC_TABLE)
    if value
}


def encode_headers(headers: Iterable[tuple[str, str]]) -> bytes:
    """Returns a block of indexed static fields, and of literals without indexing and without Huffman codes."""
    return b"".join([_STATIC_FIELDS.get(field) or _encode_field(*field) for field in headers])


@lru_cache(maxsize=512)
def encoded_name(name: str) -> bytes:
    """Returns what comes before the value's length in a literal."""
    octets = name.encode("ascii")
    return b"\0" + _encode_length(len(octets)) + octets


def _encode_field(name: str, value: str) -> bytes:
    octets = value.encode("latin-1")
    length = len(octets)
    if length < _LENGTH_MASK:
        return b"%b%c%b" % (encoded_name(name), length, octets)
    return encoded_name(name) + _encode_length(length) + octets


def _encode_length(length: int) -> bytes:
    if length < _LENGTH_MASK:
        return bytes((length,))
    octets = bytearray((_LENGTH_MASK,))
    length -= _LENGTH_MASK
    while length > 0x7F:
        octets.append(length & 0x7F | 0x80)
        length >>= 7
    octets.append(length)
    return bytes(octets)
