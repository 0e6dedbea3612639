"""The header grpc-timeout: up to eight digits and a unit."""

import math

_SECONDS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_UNITS = (("n", 1e9), ("u", 1e6), ("m", 1e3), ("S", 1.0), ("M", 1 / 60), ("H", 1 / 3600))
_DIGITS_MAX = 8


def parse_timeout(value: str) -> float:
    """Returns the seconds.

    Raises:
        ValueError: the value has another form.
    """
    digits = value[:-1]
    unit = _SECONDS.get(value[-1:])
    if unit is None or not 0 < len(digits) <= _DIGITS_MAX or not digits.isdecimal():
        raise ValueError("grpc-timeout has an invalid value")
    return int(digits) * unit


def format_timeout(seconds: float) -> str:
    """Returns the header's value in the finest unit that has room, rounded up, and at least a nanosecond."""
    for unit, factor in _UNITS:
        amount = max(1, math.ceil(seconds * factor))
        if amount < 10**_DIGITS_MAX:
            return f"{amount}{unit}"
    return "99999999H"
