"""HTTP responses over ASGI."""

import re
from dataclasses import dataclass
from typing import Final

from google.api.httpbody_pb2 import HttpBody
from starlette.types import Send

from grpc_gateway_python.transcoding import Operation

JSON: Final = (b"content-type", b"application/json")

UNPRINTABLE: Final = re.compile(r"[^ -~]")
NO_CONTENT: Final = frozenset({204, 205})
"""Statuses of responses without a body."""
UNAVAILABLE: Final = 503
RETRY_AFTER: Final = b"retry-after"
RETRY_SECONDS: Final = b"1"
"""The Retry-After of a 503 when the service sets none; the gateway reconnects to a service within that time."""
LENGTHLESS: Final = frozenset({204, 304})
"""Statuses of responses without Content-Length (RFC 9110, section 8.6)."""


@dataclass(slots=True)  # `frozen` makes each instance cost twice as much
class Response:
    """A complete HTTP response."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def head(self) -> list[tuple[bytes, bytes]]:
        """Returns the headers with Content-Length, and with Retry-After for a 503."""
        headers = list(self.headers)
        if self.status not in LENGTHLESS:
            headers.append((b"content-length", b"%d" % len(self.body)))
        if self.status == UNAVAILABLE and all(name != RETRY_AFTER for name, _ in headers):
            headers.append((RETRY_AFTER, RETRY_SECONDS))
        return headers

    async def send(self, send: Send) -> None:
        """Sends the response."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.head()})
        await send({"type": "http.response.body", "body": self.body})


def responds_json(operation: Operation) -> bool:
    """Returns whether all responses have a body of JSON."""
    return operation.status not in NO_CONTENT and not operation.raw_response


def response_content(operation: Operation, data: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Returns the headers and the body of an RPC's response message."""
    if operation.status in NO_CONTENT:
        return [], b""
    body = operation.write(data)
    if not operation.raw_response:
        return [JSON], body
    raw = HttpBody.FromString(body)
    content_type = UNPRINTABLE.sub("", raw.content_type) or "application/octet-stream"
    return [(b"content-type", content_type.encode())], raw.data
