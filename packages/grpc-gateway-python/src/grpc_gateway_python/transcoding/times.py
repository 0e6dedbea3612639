"""google.protobuf.Timestamp (RFC 3339) and Duration in JSON."""

import re
from datetime import date
from functools import lru_cache
from typing import Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from grpc_gateway_python.transcoding.place import Place
from grpc_gateway_python.transcoding.unwritable import UnwritableError

DAY_SECONDS: Final = 86_400
EPOCH: Final = date(1970, 1, 1).toordinal()
DAY_MINUTES: Final = 1_440
DAYS_MIN: Final = date.min.toordinal() - EPOCH
DAYS_MAX: Final = date.max.toordinal() - EPOCH
SECONDS_MIN: Final = DAYS_MIN * DAY_SECONDS
SECONDS_MAX: Final = (DAYS_MAX + 1) * DAY_SECONDS - 1
DURATION_SECONDS_MAX: Final = 315_576_000_000
"""The limit of duration.proto: about 10,000 years."""
NANOS: Final = 1_000_000_000
MINUTES_CACHED_MAX: Final = 4096

TIMESTAMP: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])"
    r"(?:\.([0-9]{1,9}))?(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
DURATION: Final = re.compile(r"(-?)(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,9}))?s")


def read_timestamp(message: Timestamp, json: object, place: Place, name: str) -> None:
    """Reads an RFC 3339 time with any offset and at most nine digits of a second."""
    match = TIMESTAMP.fullmatch(json) if type(json) is str else None
    if match is None:
        raise place.invalid(name, "must be an RFC 3339 time such as 2026-01-31T12:00:00Z")
    day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = match.groups()
    try:
        days = date.fromisoformat(day).toordinal() - EPOCH
    except ValueError:
        raise place.invalid(name, "names a day that does not exist") from None
    seconds = days * DAY_SECONDS + int(hour) * 3600 + int(minute) * 60 + int(second)
    if sign:
        offset = int(offset_hours) * 3600 + int(offset_minutes) * 60
        seconds += offset if sign == "-" else -offset
    if not SECONDS_MIN <= seconds <= SECONDS_MAX:
        raise place.invalid(name, "must be in the years 0001 to 9999")
    message.seconds = seconds
    message.nanos = int(fraction.ljust(9, "0")) if fraction else 0


def write_timestamp(message: Timestamp) -> str:
    """Returns the time in UTC, with 0, 3, 6 or 9 digits of a second."""
    return write_time(message.seconds, message.nanos)


def write_time(seconds: int, nanos: int) -> str:
    """Returns the time in UTC, with 0, 3, 6 or 9 digits of a second.

    Args:
        seconds: since 1970.
        nanos: of the second.

    Raises:
        UnwritableError: no Timestamp may have these values.
    """
    if not 0 <= nanos < NANOS:
        raise UnwritableError(OUT_OF_RANGE)
    minute, second = _minute(seconds // 60), TWO_DIGITS[seconds % 60]
    # Most times have microseconds.
    micros = MICROS.get(nanos % 1_000_000)
    if micros:
        return f"{minute}{second}.{THREE_DIGITS[nanos // 1_000_000]}{micros}Z"
    return f"{minute}{second}{_fraction(nanos)}Z"


def read_duration(message: Duration, json: object, place: Place, name: str) -> None:
    """Reads seconds such as `1.5s`."""
    match = DURATION.fullmatch(json) if type(json) is str else None
    if match is None:
        raise place.invalid(name, "must be a number of seconds such as 1.5s")
    sign, whole, fraction = match.groups()
    seconds = int(whole)
    nanos = int(fraction.ljust(9, "0")) if fraction else 0
    if seconds * NANOS + nanos > DURATION_SECONDS_MAX * NANOS:
        raise place.invalid(name, f"must be at most {DURATION_SECONDS_MAX} seconds")
    message.seconds = -seconds if sign else seconds
    message.nanos = -nanos if sign else nanos


def write_duration(message: Duration) -> str:
    """Returns seconds, with 0, 3, 6 or 9 digits of a second."""
    seconds = message.seconds
    nanos = message.nanos
    if abs(seconds) > DURATION_SECONDS_MAX or abs(nanos) >= NANOS or seconds * nanos < 0:
        raise UnwritableError("a google.protobuf.Duration is out of range")
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{abs(seconds)}{_fraction(abs(nanos))}s"


OUT_OF_RANGE: Final = "a google.protobuf.Timestamp is out of range"
# A response has many times: a look-up takes a third of the time that formatting the number takes.
TWO_DIGITS: Final = tuple(f"{number:02d}" for number in range(60))
THREE_DIGITS: Final = tuple(f"{number:03d}" for number in range(1_000))
MICROS: Final = {number * 1_000: f"{number:03d}" for number in range(1, 1_000)}
"""Nanoseconds of a millisecond → its microseconds, if there are any and no smaller unit."""


@lru_cache(MINUTES_CACHED_MAX)
def _minute(minutes: int) -> str:
    """Returns a time up to its seconds, by the minutes since 1970."""
    days, minute = divmod(minutes, DAY_MINUTES)
    if not DAYS_MIN <= days <= DAYS_MAX:
        raise UnwritableError(OUT_OF_RANGE)
    return f"{date.fromordinal(days + EPOCH).isoformat()}T{minute // 60:02d}:{minute % 60:02d}:"


def _fraction(nanos: int) -> str:
    if not nanos:
        return ""
    if not nanos % 1_000_000:
        return f".{nanos // 1_000_000:03d}"
    if not nanos % 1_000:
        return f".{nanos // 1_000:06d}"
    return f".{nanos:09d}"
