"""Decodes header blocks (HPACK, RFC 7541), mostly without state.

This side announces SETTINGS_HEADER_TABLE_SIZE 0, and a peer that follows it sends blocks whose fields can each be
decoded alone. Such blocks are split here. Their first fields are remembered, because the calls of a method differ in
their last fields only; small blocks are remembered whole, because the headers and trailers of most responses are the
same. The `hpack` package decodes all other blocks.
"""

from hpack import Decoder, HPACKError, OversizedHeaderListError
from hpack.table import HeaderTable

from asyncio_grpc_http2._http2.errors import (
    ErrorCode,
    HeaderListTooLarge,
    Http2ConnectionError,
)
from asyncio_grpc_http2._http2.fields import check_field
from asyncio_grpc_http2._http2.header_list import Headers
from asyncio_grpc_http2._http2.huffman import decode_huffman

HARD_LIMIT_FACTOR = 4
"""A header list or block that exceeds its limit so many times ends the connection, not only its stream."""
FIELD_OVERHEAD_BYTES = 32
"""The size of a field beside its name and value (RFC 9113, section 6.5.2)."""
TABLE_BYTES = 0
"""The dynamic table that peers may use, as SETTINGS_HEADER_TABLE_SIZE announces it."""
_STATIC: list[tuple[str, str]] = [
    (name.decode(), value.decode()) for name, value in HeaderTable.STATIC_TABLE
]
_CONSTANT_NAMES = frozenset(
    [
        *(":authority", ":method", ":path", ":scheme", ":status", "accept-encoding"),
        *("content-type", "grpc-accept-encoding", "grpc-encoding", "te", "user-agent"),
    ]
)
"""Fields that have one value in all calls of a method by one client."""
_PREFIXES_MAX = 64
_PREFIX_LENGTHS_MAX = 8
_PREFIX_BYTES_MAX = 1024
_BLOCKS_MAX = 64
_REMEMBERED_REQUEST_BYTES_MAX = 64
"""Requests, which differ in their metadata, are larger."""
_REMEMBERED_RESPONSE_BYTES_MAX = 1024
"""Trailers with the details of an error are this small. The same error has the same trailers."""
_FIELD_BYTES_MAX = FIELD_OVERHEAD_BYTES + max(len(name) + len(value) for name, value in _STATIC)
"""The size of the largest field that one octet of a block makes without the dynamic table."""
_INTEGER_OCTETS_MAX = 5


class _Stateful(Exception):  # noqa: N818 - it selects the other way to decode
    """The block refers to the dynamic table or changes it."""


class HeaderDecoder:
    """Decodes the blocks of one connection."""

    def __init__(self, list_bytes_max: int, *, of_requests: bool) -> None:
        self._list_bytes_max = list_bytes_max
        self._small_block_bytes = list_bytes_max // _FIELD_BYTES_MAX
        """The fields of a block of this size can't exceed the limit without the dynamic table."""
        self._remembered_bytes_max = (
            _REMEMBERED_REQUEST_BYTES_MAX if of_requests else _REMEMBERED_RESPONSE_BYTES_MAX
        )
        self._stateful = Decoder(max_header_list_size=HARD_LIMIT_FACTOR * list_bytes_max)
        self._prefixes: dict[bytes, Headers] = {}
        self._prefix_lengths: list[int] = []
        self.remembered: dict[bytes, Headers] = {}
        """Small blocks whose fields were checked; the decoder's state doesn't change what they mean."""

    def table_size_acknowledged(self) -> None:
        """Holds the peer to the announced table size, which it has acknowledged (RFC 9113, section 4.3.1)."""
        self._stateful.max_allowed_table_size = TABLE_BYTES

    def decode(self, block: bytes) -> Headers:
        """Returns the fields of a whole block that isn't remembered.

        Raises:
            Http2ConnectionError: the block isn't HPACK, so that the following blocks can't be decoded either.
            Http2StreamError: a field is malformed.
            HeaderListTooLarge: the fields exceed the limit.
        """
        is_stateless = True
        try:
            headers = self._decode_stateless(block)
        except _Stateful:
            is_stateless = False
            headers = self._decode_stateful(block)
        except (IndexError, ValueError, HPACKError):
            raise Http2ConnectionError(
                ErrorCode.COMPRESSION_ERROR, "invalid header block"
            ) from None
        is_small = is_stateless and len(block) <= self._small_block_bytes
        if not is_small and _list_size(headers) > self._list_bytes_max:
            raise HeaderListTooLarge
        if is_stateless and len(block) <= self._remembered_bytes_max:
            self._remember(block, headers)
        return headers

    def _decode_stateful(self, block: bytes) -> Headers:
        try:
            decoded = self._stateful.decode(block, raw=True)
        except OversizedHeaderListError:
            text = "header list is larger than SETTINGS_MAX_HEADER_LIST_SIZE"
            raise Http2ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, text) from None
        except HPACKError as error:
            raise Http2ConnectionError(ErrorCode.COMPRESSION_ERROR, str(error)) from None
        headers = Headers(
            (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
            for name, value in decoded
        )
        for name, value in headers:
            check_field(name, value)
        return headers

    def _decode_stateless(self, block: bytes) -> Headers:
        at, headers = self._known_prefix(block)
        learns = at == 0
        end = len(block)
        while at < end:
            start, first = at, block[at]
            if first & 0x80:
                at += 1
                headers.append(_static_field(first & 0x7F))
                continue
            if first & 0x60:
                raise _Stateful
            if first & 0x0F:
                index, at = _integer(block, at, 0x0F)
                name = _static_field(index)[0]
            else:
                name, at = _string(block, at + 1)
            value, at = _string(block, at)
            check_field(name, value)
            if learns and name not in _CONSTANT_NAMES:
                learns = False
                self._learn(block[:start], headers)
            headers.append((name, value))
        return headers

    def _known_prefix(self, block: bytes) -> tuple[int, Headers]:
        for length in self._prefix_lengths:
            prefix = self._prefixes.get(block[:length])
            if prefix is not None:
                return length, Headers(prefix)
        return 0, Headers()

    def _remember(self, block: bytes, headers: Headers) -> None:
        if len(self.remembered) >= _BLOCKS_MAX:
            self.remembered.clear()
        self.remembered[block] = headers

    def _learn(self, prefix: bytes, headers: Headers) -> None:
        if not 0 < len(prefix) <= _PREFIX_BYTES_MAX:
            return
        if len(self._prefixes) >= _PREFIXES_MAX:
            self._prefixes.clear()
            self._prefix_lengths.clear()
        if len(prefix) not in self._prefix_lengths:
            if len(self._prefix_lengths) >= _PREFIX_LENGTHS_MAX:
                return
            self._prefix_lengths.append(len(prefix))
            # A longer prefix may begin with a shorter one, so the longest is looked up first.
            self._prefix_lengths.sort(reverse=True)
        self._prefixes[prefix] = Headers(headers)


def _static_field(index: int) -> tuple[str, str]:
    if index > len(_STATIC):
        raise _Stateful
    if index == 0:
        raise ValueError("index 0")
    return _STATIC[index - 1]


def _integer(block: bytes, at: int, mask: int) -> tuple[int, int]:
    """Returns an integer (RFC 7541, section 5.1) and where the next octet is."""
    value = block[at] & mask
    at += 1
    if value < mask:
        return value, at
    for octet, shift in zip(block[at : at + _INTEGER_OCTETS_MAX], range(0, 35, 7), strict=False):
        value += (octet & 0x7F) << shift
        at += 1
        if octet < 0x80:
            return value, at
    raise ValueError("integer is too long")


def _string(block: bytes, at: int) -> tuple[str, int]:
    """Returns a string literal (RFC 7541, section 5.2) and where the next octet is."""
    first = block[at]
    length = first & 0x7F
    if length == 0x7F:
        length, at = _integer(block, at, 0x7F)
    else:
        at += 1
    end = at + length
    if end > len(block):
        raise ValueError("string is cut")
    text = block[at:end]
    return decode_huffman(text) if first & 0x80 else text.decode("latin-1"), end


def _list_size(headers: Headers) -> int:
    return sum(len(name) + len(value) + FIELD_OVERHEAD_BYTES for name, value in headers)
