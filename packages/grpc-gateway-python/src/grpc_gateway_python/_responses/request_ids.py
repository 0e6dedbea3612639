"""X-Request-Id: the client's id when it is valid, a new UUIDv7 otherwise."""

import re
from typing import Final

import uuid_utils

HEADER: Final = b"x-request-id"
ALLOWED: Final = re.compile(rb"[!-~]{1,128}")


def request_id_of(value: bytes | None) -> bytes:
    """Returns the id of a request whose first X-Request-Id has this value; None when it has none."""
    if value is not None and ALLOWED.fullmatch(value):
        return value
    return str(uuid_utils.uuid7()).encode("ascii")
