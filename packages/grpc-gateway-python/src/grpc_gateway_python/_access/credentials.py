"""Reads the bearer token of a request (RFC 6750, section 2.1)."""

from collections.abc import Iterable
from typing import Final

HEADER: Final = b"authorization"
SCHEME: Final = b"bearer "
SCHEME_LENGTH: Final = len(SCHEME)


class AmbiguousTokenError(Exception):
    """The request has several Authorization headers: two parties might take different ones."""


def bearer_token(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """Returns the token of a request; None if it has none.

    Raises:
        AmbiguousTokenError: The request has several Authorization headers.
    """
    found = None
    for name, value in headers:
        if name == HEADER:
            if found is not None:
                raise AmbiguousTokenError
            found = value
    return None if found is None else token_of(found)


def token_of(authorization: bytes) -> bytes | None:
    """Returns the token in an Authorization header; None if it has another scheme."""
    if authorization[:SCHEME_LENGTH].lower() != SCHEME:
        return None
    return authorization[SCHEME_LENGTH:].strip(b" ")
