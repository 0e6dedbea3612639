"""The Idempotency-Key in HTTP and gRPC: the names of its headers and the bounds of its values.

Source: draft-ietf-httpapi-idempotency-key-header. A service checks a key by `is_key`; an OpenAPI
document shows clients `PATTERN` and `LENGTH_MAX`, so that both accept the same keys.
"""

import re
from typing import Final

HEADER: Final = "Idempotency-Key"
METADATA: Final = HEADER.lower()
"""The gRPC metadata key that carries the header's value."""
REPLAYED_HEADER: Final = "Idempotent-Replayed"
"""The response header that marks the stored response of an earlier request."""
REPLAYED_METADATA: Final = REPLAYED_HEADER.lower()
"""The gRPC metadata key that carries REPLAYED_HEADER."""
REPLAYED: Final = "true"
"""The only value of REPLAYED_HEADER; other responses don't have the header."""

LENGTH_MAX: Final = 255
"""The maximum length of a key, in characters; its minimum is 1."""
PATTERN: Final = "^[!-~]+$"
"""The visible ASCII characters, as a regular expression of JSON Schema."""
RULE: Final = f"must be given once, with 1 to {LENGTH_MAX} visible ASCII characters"
"""The description of the field violation when a request has several keys or a malformed one."""

_KEY = re.compile(PATTERN)


def is_key(value: str | bytes) -> bool:
    """Tells whether a metadata value is a valid key.

    Args:
        value: The value as grpcio returns it: bytes if the metadata key ends in `-bin`.
    """
    return isinstance(value, str) and len(value) <= LENGTH_MAX and _KEY.fullmatch(value) is not None
