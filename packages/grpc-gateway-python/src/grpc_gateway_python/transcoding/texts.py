"""Scalars in path and query parameters, where every value is a text.

These readers are for the types that are not strings in JSON; the JSON readers serve the others. The arguments are the
same: the text, a place, and the parameter's name.
"""

import re
from typing import Final

from grpc_gateway_python.transcoding.integers import CHARACTERS_MAX, EXACT_MAX
from grpc_gateway_python.transcoding.place import Place

DIGITS: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")


def read_bool_text(text: str, place: Place, name: str) -> bool:
    """Reads `true` or `false`."""
    if text == "true":
        return True
    if text == "false":
        return False
    raise place.invalid(name, "must be true or false")


class IntegerTextReader:
    """Reads decimal integers of one type."""

    __slots__ = ("_highest", "_lowest")

    def __init__(self, lowest: int, highest: int) -> None:
        self._lowest = lowest
        self._highest = highest

    def __call__(self, text: str, place: Place, name: str) -> int:
        """Reads an integer; raises InvalidRequestError if it is invalid or out of range."""
        if len(text) <= CHARACTERS_MAX and DIGITS.fullmatch(text):
            value = int(text)
            if self._lowest <= value <= self._highest:
                return value
        raise place.invalid(name, f"must be an integer from {self._lowest} to {self._highest}")


read_int32_text: Final = IntegerTextReader(-(2**31), 2**31 - 1)
read_uint32_text: Final = IntegerTextReader(0, 2**32 - 1)
read_int64_text: Final = IntegerTextReader(-(2**63), 2**63 - 1)
read_uint64_text: Final = IntegerTextReader(0, 2**64 - 1)
read_exact_int64_text: Final = IntegerTextReader(-EXACT_MAX, EXACT_MAX)
read_exact_uint64_text: Final = IntegerTextReader(0, EXACT_MAX)
