"""Writes values into the paths of URLs (RFC 3986, section 3.3)."""

from urllib.parse import quote


def path_segment(value: str | int) -> str:
    """Returns a value as one segment of a path."""
    text = str(value)
    # Most values, such as UUIDs, are written as they are.
    is_plain = text.isascii() and text.replace("-", "0").isalnum()
    return text if is_plain else quote(text, safe="")


def path_segments(value: str) -> str:
    """Returns a resource name, such as `shelves/1/books/2`, as several segments of a path."""
    return quote(value, safe="/")
