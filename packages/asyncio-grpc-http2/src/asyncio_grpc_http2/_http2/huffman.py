"""Huffman codes of HPACK (RFC 7541, section 5.2), decoded an octet at a time.

grpc-go sends all strings so, and `hpack`, which decodes half an octet at a time, would take a quarter of a call. The states
are those of `hpack`: two of its steps make one here, when they are needed first.
"""

from functools import lru_cache

from hpack.huffman_table import (
    HUFFMAN_COMPLETE,
    HUFFMAN_EMIT_SYMBOL,
    HUFFMAN_FAIL,
    HUFFMAN_TABLE,
)

_CACHED_OCTETS_MAX = 64
"""Longer strings aren't remembered."""
_STRINGS_MAX = 1024

_Step = tuple[int, str, bool]
"""The next state, the characters that end in this octet, and whether a string may end here."""
_steps: dict[int, _Step] = {}
"""Steps by state and octet: at most 65,536."""


def decode_huffman(octets: bytes) -> str:
    """Returns the string, each octet of which is a character (latin-1).

    Raises:
        ValueError: it isn't Huffman-coded, or ends with more than padding.
    """
    return _remembered(octets) if len(octets) <= _CACHED_OCTETS_MAX else _decode(octets)


def _decode(octets: bytes) -> str:
    state, complete = 0, True
    characters = []
    for octet in octets:
        state, text, complete = _steps.get(state << 8 | octet) or _make_step(state, octet)
        characters.append(text)
    if not complete:
        raise ValueError("Huffman code is cut")
    return "".join(characters)


_remembered = lru_cache(_STRINGS_MAX)(_decode)
"""Names of fields, and values that many calls have, are decoded once."""


def _make_step(state: int, octet: int) -> _Step:
    key, text, flags = state << 8 | octet, "", 0
    for nibble in (octet >> 4, octet & 0x0F):
        state, flags, symbol = HUFFMAN_TABLE[state * 16 + nibble]
        if flags & HUFFMAN_FAIL:
            raise ValueError("invalid Huffman code")
        if flags & HUFFMAN_EMIT_SYMBOL:
            text += chr(symbol)
    step = _steps[key] = (state, text, bool(flags & HUFFMAN_COMPLETE))
    return step
