"""Calls ASGI apps without a server."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass
class Answered:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def ask(app: ASGIApp, headers: Iterable[tuple[bytes, bytes]] = ()) -> Answered:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": list(headers),
    }
    await app(scope, receive, send)
    return Answered(sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"])
