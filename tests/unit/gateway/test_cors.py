"""Pages of other origins, in a browser."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gateway.settings import GatewaySettings
from grpc_gateway_python._app.app import Gateway, create_app
from grpc_gateway_python._upstream.targets import Servers
from shop.services_gateway import OPERATIONS
from tests.unit.gateway.asgi import Answered, ask
from transactional_grpc.settings import SettingsError, load

SPECIFICATION = Path(__file__).parents[3] / "gen" / "openapi" / "shop.swagger.json"
PAGE = "https://shop.example"
ORIGIN = b"access-control-allow-origin"


def app(*origins: str) -> Any:
    return create_app(
        Gateway(
            operations=OPERATIONS,
            specification=SPECIFICATION,
            backends={"shop": Servers("127.0.0.1:1")},
            cors_origins=origins,
        )
    )


def preflight(gateway: Any, origin: str, headers: bytes = b"content-type") -> Answered:
    asked = [
        (b"origin", origin.encode()),
        (b"access-control-request-method", b"POST"),
        (b"access-control-request-headers", headers),
    ]
    return asyncio.run(ask(gateway, asked, method="OPTIONS", path="/orders"))


def test_a_preflight_is_answered() -> None:
    answer = preflight(app(PAGE), PAGE, b"content-type, idempotency-key, x-request-id")
    assert (answer.status, answer.headers[ORIGIN]) == (200, PAGE.encode())
    assert answer.headers[b"access-control-allow-methods"] == b"GET, HEAD, POST"
    assert b"Origin" in answer.headers[b"vary"]
    assert answer.headers[b"access-control-max-age"] == b"600"
    assert answer.headers[b"x-content-type-options"] == b"nosniff"
    assert answer.headers[b"x-request-id"]


def test_other_origins_are_refused_and_any_may_be_allowed() -> None:
    answer = preflight(app(PAGE), "https://other.example")
    assert (answer.status, ORIGIN in answer.headers) == (400, False)
    assert preflight(app("*"), "https://other.example").headers[ORIGIN] == b"*"


def test_none_is_allowed_by_default() -> None:
    answer = preflight(app(), PAGE)
    assert (answer.status, ORIGIN in answer.headers) == (405, False)


@pytest.mark.parametrize("path", ["/orders", "/nowhere", "/healthz"])
def test_a_page_can_read_responses_and_errors(path: str) -> None:
    answer = asyncio.run(ask(app(PAGE), [(b"origin", PAGE.encode())], path=path))
    assert answer.headers[ORIGIN] == PAGE.encode()
    assert b"X-Request-Id" in answer.headers[b"access-control-expose-headers"]


def test_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", f" {PAGE}, http://localhost:3000,")
    assert load(GatewaySettings).cors_origins == [PAGE, "http://localhost:3000"]
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", "")
    assert load(GatewaySettings).cors_origins == []


@pytest.mark.parametrize(
    "right",
    [
        *("*", "http://a:443", "https://a:80", "https://a:4430", "http://a:8080", "http://[::1]"),
        *("http://localhost:3000", "https://xn--mnchen-3ya.example", "capacitor://localhost"),
    ],
)
def test_what_browsers_send_is_an_origin(monkeypatch: pytest.MonkeyPatch, right: str) -> None:
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", right)
    assert load(GatewaySettings).cors_origins == [right]


@pytest.mark.parametrize(
    "wrong",
    [
        *("shop.example", "https://shop.example/", "https://*.example", "https://Shop.example"),
        *(
            "HTTPS://a",
            "https://a:443",
            "http://a:80",
            "http://[::1]:80",
            "https://münchen.example",
        ),
        *("https://a:", "https://a:x", "https://u@a", "https://a?b", "null", ",", "*,https://a"),
    ],
)
def test_a_wrong_origin_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("GATEWAY_CORS_ORIGINS", wrong)
    with pytest.raises(SettingsError, match=r"^GATEWAY_CORS_ORIGINS: must be origins .*, or \*$"):
        load(GatewaySettings)
