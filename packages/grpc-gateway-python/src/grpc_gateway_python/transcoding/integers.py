"""Integers in JSON.

Protobuf's JSON mapping writes 64-bit integers as strings, and reads every integer type from a number or a string. The
`_number` readers accept JSON numbers only, and 64-bit integers only within the range in which every JSON parser is
exact.
"""

import re
from typing import Final

from grpc_gateway_python.transcoding.place import Place

EXACT_MAX: Final = 2**53 - 1
"""The largest integer up to which JSON numbers are interoperable (RFC 8259, section 6)."""
CHARACTERS_MAX: Final = 64
"""The longest text that is parsed. Every 64-bit integer is shorter, and int() is slow for long texts."""
JSON_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class IntegerReader:
    """Reads integers of one type; `1.0` and `1e2` are valid integers, too."""

    __slots__ = ("_highest", "_lowest", "_text")

    def __init__(self, lowest: int, highest: int, *, text: bool) -> None:
        self._lowest = lowest
        self._highest = highest
        self._text = text

    def __call__(self, json: object, place: Place, name: str) -> int:
        """Reads an integer; raises InvalidRequestError if it is invalid or out of range."""
        value = json
        if type(value) is str and self._text:
            value = integer_of(value)
        elif type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is int and self._lowest <= value <= self._highest:
            return value
        raise place.invalid(name, f"must be an integer from {self._lowest} to {self._highest}")


def integer_of(text: str) -> int | None:
    """Returns the integer value of a text in JSON's number syntax, or None if it has none."""
    if len(text) > CHARACTERS_MAX or JSON_NUMBER.fullmatch(text) is None:
        return None
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return int(number) if number.is_integer() else None


read_int32: Final = IntegerReader(-(2**31), 2**31 - 1, text=True)
read_uint32: Final = IntegerReader(0, 2**32 - 1, text=True)
read_int64: Final = IntegerReader(-(2**63), 2**63 - 1, text=True)
read_uint64: Final = IntegerReader(0, 2**64 - 1, text=True)
read_int32_number: Final = IntegerReader(-(2**31), 2**31 - 1, text=False)
read_uint32_number: Final = IntegerReader(0, 2**32 - 1, text=False)
read_int64_number: Final = IntegerReader(-EXACT_MAX, EXACT_MAX, text=False)
read_uint64_number: Final = IntegerReader(0, EXACT_MAX, text=False)
