"""Floating-point numbers in JSON, where NaN and the infinities are strings."""

import math
import struct
from typing import Final

from grpc_gateway_python.transcoding.integers import CHARACTERS_MAX, JSON_NUMBER
from grpc_gateway_python.transcoding.place import Place

FLOAT_LIMIT: Final = 2.0**128 - 2.0**103
"""The smallest number that rounds to infinity as a 32-bit float."""
SPECIAL: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_FLOAT: Final = struct.Struct("<f")
FLOAT_DIGITS_MAX: Final = 9
"""The number of decimal digits that distinguishes every two 32-bit floats."""


def read_double(json: object, place: Place, name: str) -> float:
    """Reads a 64-bit float."""
    if type(json) is str:
        text = float_of(json)
        if text is not None:
            return text
    elif type(json) is float or type(json) is int:
        return finite(json, place, name)
    raise place.invalid(name, 'must be a number, "NaN", "Infinity" or "-Infinity"')


def read_float(json: object, place: Place, name: str) -> float:
    """Reads a 32-bit float."""
    value = read_double(json, place, name)
    if abs(value) < FLOAT_LIMIT or math.isnan(value) or math.isinf(value):
        return value
    raise place.invalid(name, "is too large for a 32-bit float")


def finite(number: float, place: Place, name: str) -> float:
    """Returns a JSON number as a 64-bit float, or raises InvalidRequestError if it is beyond the range."""
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if math.isinf(value):
        raise place.invalid(name, "is too large for a 64-bit float")
    return value


def float_of(text: str) -> float | None:
    """Returns the float of a JSON number or of a name such as `NaN`, or None for other texts."""
    if text in SPECIAL:
        return SPECIAL[text]
    if len(text) > CHARACTERS_MAX or JSON_NUMBER.fullmatch(text) is None:
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def write_double(value: float) -> float | str:
    """Returns the number, or a string for NaN and the infinities, which are not JSON numbers."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def write_float(value: float) -> float | str:
    """Returns the shortest number that reads back as the same 32-bit float."""
    if not math.isfinite(value):
        return write_double(value)
    for digits in range(6, FLOAT_DIGITS_MAX):
        short = float(f"{value:.{digits}g}")
        if abs(short) < FLOAT_LIMIT and _FLOAT.unpack(_FLOAT.pack(short))[0] == value:
            return short
    return float(f"{value:.{FLOAT_DIGITS_MAX}g}")
