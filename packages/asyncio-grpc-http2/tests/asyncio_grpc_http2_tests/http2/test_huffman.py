"""Huffman codes, with the hpack package as the reference."""

import random

import pytest
from hpack.exceptions import HPACKDecodingError
from hpack.huffman import HuffmanEncoder
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH
from hpack.huffman_table import decode_huffman as reference

from asyncio_grpc_http2._http2.huffman import decode_huffman

ENCODER = HuffmanEncoder(REQUEST_CODES, REQUEST_CODES_LENGTH)


def test_strings_of_any_octets_are_decoded() -> None:
    chosen = random.Random(7)
    for size in [*range(40), 300, 5000]:
        octets = chosen.randbytes(size)
        assert decode_huffman(ENCODER.encode(octets)) == octets.decode("latin-1")


def test_any_input_has_the_result_of_the_reference() -> None:
    chosen = random.Random(11)
    for _ in range(20_000):
        octets = chosen.randbytes(chosen.randrange(6)) + b"\xff" * chosen.randrange(3)
        try:
            expected = reference(octets).decode("latin-1")
        except HPACKDecodingError:
            with pytest.raises(ValueError, match="Huffman"):
                decode_huffman(octets)
        else:
            assert decode_huffman(octets) == expected
