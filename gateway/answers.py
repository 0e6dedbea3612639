"""HTTP answers over ASGI."""

from dataclasses import dataclass
from typing import Final

from starlette.types import Send

JSON: Final = (b"content-type", b"application/json")

NOT_MODIFIED: Final = 304
"""An answer that says nothing of its length, which would be that of the whole document."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def send(self, send: Send) -> None:
        """Sends it."""
        headers = self.headers
        if self.status != NOT_MODIFIED:
            headers = [*headers, (b"content-length", b"%d" % len(self.body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})
