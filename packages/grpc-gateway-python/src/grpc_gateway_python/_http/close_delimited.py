"""Responses to HTTP/1.0 clients: the end of the connection ends a body without Content-Length.

uvicorn would send such a body in chunks, which a client of HTTP/1.0 can't read (RFC 9112, section 6.1).
"""

from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

VERSION: Final = "1.0"
LENGTH: Final = b"content-length"


class CloseDelimitedApp:
    """An ASGI app for one request of HTTP/1.0.

    Args:
        cycle: uvicorn's response to the request. It closes the connection, because HTTP/1.0 doesn't keep it.
        app: The app that serves the request.
    """

    def __init__(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:
        self._cycle: Any = cycle
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves the request."""
        cycle = self._cycle
        is_delimited = False

        async def send_unframed(message: Message) -> None:
            nonlocal is_delimited
            if message["type"] == "http.response.start":
                is_delimited = all(name.lower() != LENGTH for name, _ in message["headers"])
                if is_delimited:
                    cycle.chunked_encoding = False
            elif is_delimited:
                # uvicorn checks the body against the length that is left of it.
                cycle.expected_content_length = len(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, send_unframed)
