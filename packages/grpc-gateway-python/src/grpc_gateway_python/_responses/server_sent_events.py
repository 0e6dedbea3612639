"""The format of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

import re
from typing import Final

from grpc_gateway_python._responses.errors import Headers

EVENTS_TYPE: Final = b"text/event-stream"
HEADERS: Final[Headers] = [
    (b"content-type", EVENTS_TYPE),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx buffers responses otherwise
]
COMMENT: Final = b":\n"
"""Clients ignore a comment; it keeps proxies from closing a connection without traffic. No empty line follows it,
because some clients take that for an event without data."""
NO_ID: Final = re.compile(r"[\n\r\0]")
"""Characters that an id can't contain."""


def retry(milliseconds: int) -> bytes:
    """Returns the line that says how long the client waits before it connects again, from now on."""
    return b"retry: %d\n" % milliseconds


def event(data: bytes, *, event_id: str = "", name: str = "") -> bytes:
    """Returns an event.

    Args:
        data: The data, which is one line.
        event_id: Its id, which the client sends as `Last-Event-ID` when it connects again; empty for none.
        name: Its type; empty for `message`.
    """
    lines = b"event: %b\n" % name.encode() if name else b""
    if event_id and NO_ID.search(event_id) is None:
        lines += b"id: %b\n" % event_id.encode()
    return b"%bdata: %b\n\n" % (lines, data)
