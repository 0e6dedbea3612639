"""A reverse proxy that shows a gateway below a path prefix, as one of nginx or Traefik does."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from grpc_gateway_python import Limits
from tests.integration.gateway.serving import serving

METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})


@contextmanager
def prefix_proxy(gateway_url: str, prefix: str) -> Iterator[str]:
    """Serves a proxy that removes `prefix` from the paths and names it to the gateway.

    Yields:
        The URL of the gateway below the prefix.
    """
    client = httpx.AsyncClient(base_url=gateway_url, timeout=30)

    async def forward(request: Request) -> Response:
        path = request.scope["raw_path"].decode().removeprefix(prefix)
        url = httpx.URL(gateway_url).copy_with(
            raw_path=f"{path}?{request.url.query}".removesuffix("?").encode()
        )
        headers = [header for header in request.headers.raw if header[0] != b"x-forwarded-prefix"]
        headers.append((b"x-forwarded-prefix", prefix.encode()))
        sent = client.build_request(
            request.method, url, headers=headers, content=await request.body()
        )
        received = await client.send(sent, stream=True)
        response = StreamingResponse(
            received.aiter_raw(), received.status_code, background=BackgroundTask(received.aclose)
        )
        response.raw_headers = [
            (name.lower(), value)
            for name, value in received.headers.raw
            if name.lower().decode() not in HOP_BY_HOP
        ]
        return response

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    routes = [Route(f"{prefix}/{{path:path}}", forward, methods=METHODS)]
    with serving(Starlette(routes=routes, lifespan=lifespan), Limits()) as (host, port):
        yield f"http://{host}:{port}{prefix}"
