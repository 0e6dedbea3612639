"""Pages of other origins, in a browser."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.types import ASGIApp

from grpc_gateway_python import Gateway, create_app
from grpc_gateway_python_tests.gateway.asgi import AppResponse, ask

PAGE = "https://shop.example"
ORIGIN = b"access-control-allow-origin"
AppOf = Callable[..., ASGIApp]


@pytest.fixture
def app(orders: Gateway) -> AppOf:
    """Returns a function from the allowed origins to the app."""
    return lambda *origins: create_app(replace(orders, cors_origins=origins))


def preflight(gateway: ASGIApp, origin: str, headers: bytes = b"content-type") -> AppResponse:
    asked = [
        (b"origin", origin.encode()),
        (b"access-control-request-method", b"POST"),
        (b"access-control-request-headers", headers),
    ]
    return asyncio.run(ask(gateway, asked, method="OPTIONS", path="/orders"))


def test_a_preflight_gets_a_response(app: AppOf) -> None:
    response = preflight(app(PAGE), PAGE, b"content-type, idempotency-key, x-request-id")
    assert (response.status, response.headers[ORIGIN]) == (200, PAGE.encode())
    assert response.headers[b"access-control-allow-methods"] == b"GET, HEAD, POST"
    assert b"Origin" in response.headers[b"vary"]
    assert response.headers[b"access-control-max-age"] == b"600"
    assert response.headers[b"x-content-type-options"] == b"nosniff"
    assert response.headers[b"x-request-id"]


def test_other_origins_are_rejected_and_any_may_be_allowed(app: AppOf) -> None:
    response = preflight(app(PAGE), "https://other.example")
    assert (response.status, ORIGIN in response.headers) == (400, False)
    assert preflight(app("*"), "https://other.example").headers[ORIGIN] == b"*"


def test_none_is_allowed_by_default(app: AppOf) -> None:
    response = preflight(app(), PAGE)
    assert (response.status, ORIGIN in response.headers) == (405, False)


@pytest.mark.parametrize("path", ["/orders", "/nowhere", "/healthz"])
def test_a_page_can_read_responses_and_errors(app: AppOf, path: str) -> None:
    response = asyncio.run(ask(app(PAGE), [(b"origin", PAGE.encode())], path=path))
    assert response.headers[ORIGIN] == PAGE.encode()
    assert b"X-Request-Id" in response.headers[b"access-control-expose-headers"]
