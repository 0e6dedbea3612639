"""X-Request-Id: the client's own when it can be one, a new one otherwise."""

import re
from typing import Final

import uuid_utils

HEADER: Final = b"x-request-id"
ALLOWED: Final = re.compile(rb"[!-~]{1,128}")


def request_id_of(headers: list[tuple[bytes, bytes]]) -> bytes:
    """Returns the id that a request goes by."""
    for name, value in headers:
        if name == HEADER:
            if ALLOWED.fullmatch(value):
                return value
            break
    return str(uuid_utils.uuid7()).encode("ascii")
