"""The fields of a header block."""

from typing import Any


class Headers(list[tuple[str, str]]):
    """Names and values in the order of the block, pseudo-header fields first; each octet is one character (latin-1).

    Streams share the list of a block that a decoder remembers, so a list is never changed. It keeps the results of
    checks, because they depend on its fields only.
    """

    is_final_response = False
    """Whether the list was checked as the head of a final response."""
    content_length: int | None = None
    """The content-length of a checked response."""
    are_trailers = False
    """Whether the list was checked as trailers."""
    meaning: Any = None
    """What the owner of the connection has derived from the list; None before."""
