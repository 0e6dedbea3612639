"""Requests with side effects that websites have a browser send."""

import asyncio
import json
from dataclasses import replace

import pytest

from grpc_gateway_python import Gateway, create_app
from grpc_gateway_python_tests.gateway.asgi import AppResponse, ask

HOST = (b"host", b"shop.example:8080")
OWN = (b"origin", b"http://shop.example:8080")
OTHER = (b"origin", b"https://other.example")
REJECTED = 403
Header = tuple[bytes, bytes]


def site(value: bytes) -> Header:
    return b"sec-fetch-site", value


def send(
    gateway: Gateway, *headers: Header, method: str = "POST", path: str = "/nowhere"
) -> AppResponse:
    return asyncio.run(ask(create_app(gateway), [HOST, *headers], method=method, path=path))


@pytest.mark.parametrize(
    "headers",
    [
        (OTHER, site(b"cross-site")),
        (OTHER, site(b"same-site")),
        (site(b"cross-site"),),
        (site(b""),),
        (OTHER,),
        ((b"origin", b"null"),),
        ((b"origin", b"http://[shop.example:8080"),),
        ((b"origin", b"http://shop.example:8081"),),
        ((b"origin", b""), site(b"cross-site")),
    ],
    ids=str,
)
def test_another_origin_is_rejected(orders: Gateway, headers: tuple[Header, ...]) -> None:
    response = send(orders, *headers)
    assert response.status == REJECTED
    assert json.loads(response.body)["details"][0]["reason"] == "CROSS_ORIGIN_REQUEST"
    assert response.headers[b"x-request-id"]


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (OWN,),
        (OWN, site(b"same-origin")),
        (site(b"none"),),
        ((b"origin", b"HTTP://SHOP.example:8080"),),
    ],
    ids=str,
)
def test_own_pages_and_other_programs_may_send(
    orders: Gateway, headers: tuple[Header, ...]
) -> None:
    assert send(orders, *headers).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_is_left_to_cors(orders: Gateway, method: str) -> None:
    assert send(orders, OTHER, site(b"cross-site"), method=method).status == 404


@pytest.mark.parametrize("allowed", ["https://other.example", "*"])
def test_allowed_origin_may_send(orders: Gateway, allowed: str) -> None:
    gateway = replace(orders, cors_origins=[allowed])
    assert send(gateway, OTHER, site(b"cross-site")).status == 404
    assert send(gateway, OTHER).status == 404


def test_the_rejection_can_be_read_by_no_page(orders: Gateway) -> None:
    gateway = replace(orders, cors_origins=["https://shop.example"])
    response = send(gateway, OTHER, site(b"cross-site"))
    assert response.status == REJECTED
    assert b"access-control-allow-origin" not in response.headers


def test_public_url_is_the_own_origin_behind_a_proxy(orders: Gateway) -> None:
    gateway = replace(orders, public_url="https://api.example/shop")
    assert send(gateway, (b"origin", b"https://api.example")).status == 404
    assert send(gateway, OTHER).status == REJECTED
