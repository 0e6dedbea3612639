"""Calls ASGI apps without a server."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass
class AppResponse:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def ask(
    app: ASGIApp,
    headers: Iterable[tuple[bytes, bytes]] = (),
    *,
    method: str = "GET",
    path: str = "/",
    body: bytes = b"",
    client: str = "127.0.0.1",
    root_path: str = "",
) -> AppResponse:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": list(headers),
        "client": (client, 1),
        "root_path": root_path,
    }
    await app(scope, receive, send)
    return AppResponse(sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"])
