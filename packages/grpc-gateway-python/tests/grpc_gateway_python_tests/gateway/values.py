"""JSON values that readers disagree about, and what the specification says of them.

Python's library takes more than the specification of Protobuf's JSON allows; the gateway does not.
"""

import re
from collections.abc import Callable
from typing import Any, Final

VALUES: Final = [
    # Not the grammar of JSON numbers.
    "+1",
    "1_000",
    "01",
    "1.",
    ".5",
    " 1",
    "\uff11",  # a digit, but not an ASCII one
    "inf",
    "-infinity",
    "nan",
    # Booleans as numbers, and numbers or fractions as enum values.
    True,
    False,
    1.5,
    -1.5,
    "1",
    "-0",
    "5",
    # Not base64.
    "A",
    "AQ=",
    "AQID=",
    "AQID====",
    "AQI*",
    "+/-_",
    "abc",
    "x",
    "",
    "true",
    # Not RFC 3339, or not a duration by duration.proto.
    "2026-1-2T3:4:5Z",
    "2026-01-02T03:04:05+0100",
    "+1s",
    "1_0s",
    "01s",
    " 1s",
    "1.s",
    # Not a path in lowerCamelCase.
    "Upper",
    "a,,b",
    "a..b",
    None,
    0,
    1,
    -1,
    1.0,
    1e2,
    1e300,
    2**31,
    2**32,
    2**53,
    2**63,
    2**64,
    -(2**63) - 1,
    "1.0",
    "1.5",
    "1e2",
    "1E+2",
    "9223372036854775807",
    "9223372036854775808",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "AQI=",
    "AQI",
    "_-8=",
    "+/8=",
    "BLUE",
    "RED",
    "CRIMSON",
    "NULL_VALUE",
    "null",
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.123456789+01:30",
    "2026-01-02T03:04:05.1234567891Z",
    "2026-02-30T00:00:00Z",
    "2026-01-02T24:00:00Z",
    "2026-01-02 03:04:05Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "1s",
    "-1.5s",
    "315576000000s",
    "315576000001s",
    "1.1234567891s",
    "1",
    "fooBar,baz.quxQuux",
    "foo_bar",
    [],
    {},
    [1],
    [None],
    ["x"],
    {"a": 1},
    {"text": "x"},
    {"unknown": 1},
    {"@type": "type.googleapis.com/kinds.v1.Shared", "text": "x"},
    {"@type": "type.googleapis.com/unknown.Type"},
]

NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
BASE64: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}|[A-Za-z0-9_-]*={0,2}")
CAMEL_PATHS: Final = re.compile(r"[a-z][a-zA-Z0-9]*([.,][a-z][a-zA-Z0-9]*)*|")
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
DURATION: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]{1,9})?s")


def is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value in {"NaN", "Infinity", "-Infinity"} or (
            NUMBER.fullmatch(value) is not None and abs(float(value)) < float("inf")
        )
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_base64(value: Any) -> bool:
    return (
        isinstance(value, str)
        and BASE64.fullmatch(value) is not None
        and len(value.rstrip("=")) % 4 != 1
        and ("=" not in value or len(value) % 4 == 0)
    )


def is_enum(value: Any) -> bool:
    if isinstance(value, str):
        return value in {"COLOR_UNSPECIFIED", "RED", "CRIMSON", "BLUE"}
    return is_number(value) and value == int(value) and abs(value) < 2**31


SPECIFIED: Final[dict[str, Callable[[Any], bool]]] = {
    "must be an integer": is_number,
    "must be a number": is_number,
    "must be a string of base64": is_base64,
    "must be one of": is_enum,
    "must be an object": lambda value: isinstance(value, dict),
    "must be null": lambda value: value in {None, "NULL_VALUE", 0} and value is not False,
    "must be a string of lowerCamelCase": lambda value: CAMEL_PATHS.fullmatch(value) is not None,
    "must be an RFC 3339 time": lambda value: TIME.fullmatch(value) is not None,
    "must be a number of seconds": lambda value: DURATION.fullmatch(value) is not None,
}
"""How an error starts → whether the specification has the value after all."""
