"""X-Request-Id: the client's id when it is valid, a new UUIDv7 otherwise."""

import re
from typing import Final

import uuid_utils

HEADER: Final = b"x-request-id"
ALLOWED: Final = re.compile(rb"[!-~]{1,128}")


def request_id_of(headers: list[tuple[bytes, bytes]]) -> bytes:
    """Returns the id of a request with these headers."""
    for name, value in headers:
        if name == HEADER:
            if ALLOWED.fullmatch(value):
                return value
            break
    return str(uuid_utils.uuid7()).encode("ascii")
