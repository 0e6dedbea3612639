"""Calls ASGI apps without a server."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message

from grpc_gateway_python import Limits
from grpc_gateway_python._http.cross_origin import CrossOriginCheck
from grpc_gateway_python._http.middleware import GatewayMiddleware
from grpc_gateway_python._http.request_limit import RequestLimit


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


def around(
    app: ASGIApp, *, requests_max: int = 1, limits: Limits | None = None
) -> GatewayMiddleware:
    """Returns an app with the middleware of a gateway without CORS."""
    return GatewayMiddleware(
        app,
        limits=limits or Limits(),
        domain="test",
        request_limit=RequestLimit(requests_max),
        cross_origin=CrossOriginCheck((), ""),
    )
