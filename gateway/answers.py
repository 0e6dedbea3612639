"""HTTP answers over ASGI."""

import re
from dataclasses import dataclass
from typing import Final

from google.api.httpbody_pb2 import HttpBody
from starlette.types import Send

from gateway.transcoding import Operation

JSON: Final = (b"content-type", b"application/json")

UNPRINTABLE: Final = re.compile(r"[^ -~]")
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


def content_of(operation: Operation, data: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Returns the headers and the body that a response message makes."""
    body = operation.write(data)
    if not operation.raw_response:
        return [JSON], body
    raw = HttpBody.FromString(body)
    content_type = UNPRINTABLE.sub("", raw.content_type) or "application/octet-stream"
    return [(b"content-type", content_type.encode())], raw.data
