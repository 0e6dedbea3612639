import json

import httpx
import pytest

from tests.shop_client import reason, violated

USER = "0195f3a1-7c2e-7d3b-9a41-5f0c8e2d6b17"
"""A constant, because it is part of test ids, which all workers of xdist must agree on."""
ORDER = {"user_id": USER, "amount": 1}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": 1}, "user_id"),
        ({"user_id": USER}, "amount"),
        (ORDER | {"amount": "1"}, "amount"),
        (ORDER | {"amount": 1.5}, "amount"),
        (ORDER | {"amount": 0}, "amount"),
        (ORDER | {"amount": -1}, "amount"),
        (ORDER | {"amount": 2**53}, "amount"),
        (ORDER | {"amount": 10**30}, "amount"),
        (ORDER | {"amount": True}, "amount"),
        (ORDER | {"amount": None}, "amount"),
        (ORDER | {"user_id": USER.replace("-", "")}, "user_id"),
        (ORDER | {"user_id": 7}, "user_id"),
        (ORDER | {"description": "x" * 501}, "description"),
        (ORDER | {"description": "a\0b"}, "description"),
        (ORDER | {"description": 7}, "description"),
        (ORDER | {"status": "FINISHED"}, "status"),
        (ORDER | {"id": USER}, "id"),
        (ORDER | {"userId": USER}, "userId"),
        (ORDER | {"surprise": {}}, "surprise"),
    ],
)
def test_a_bad_body_names_its_field(
    rest: httpx.Client, body: dict[str, object], field: str
) -> None:
    response = rest.post("/orders", json=body)
    assert (response.status_code, reason(response)) == (400, "INVALID_REQUEST")
    assert field in violated(response)


NO_OBJECTS = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"NaN",
    b"\xff\xfe",
    b'{"user_id": "\xff"}',
    b'{"user_id": "\\ud800", "amount": 1}',
    b"[" * 5000,
    json.dumps(ORDER).encode() + b"x",
]


@pytest.mark.parametrize("body", NO_OBJECTS)
def test_a_body_that_is_no_object_is_rejected(rest: httpx.Client, body: bytes) -> None:
    response = rest.post("/orders", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, reason(response)) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/orders/nonsense", "order_id"),
        (f"/orders/{USER.replace('-', '')}", "order_id"),
        ("/accounts/nonsense", "user_id"),
        ("/accounts/nonsense/transactions", "user_id"),
        ("/orders", "user_id"),
        ("/orders?user_id=x", "user_id"),
        (f"/orders?user_id={USER}&page_size=-1", "page_size"),
        (f"/orders?user_id={USER}&page_size=x", "page_size"),
        (f"/orders?user_id={USER}&page_size=2147483648", "page_size"),
        (f"/orders?user_id={USER}&status=PAID", "status"),
        (f"/orders?user_id={USER}&surprise=1", "surprise"),
        (f"/orders?user_id={USER}&user_id={USER}", "user_id"),
    ],
)
def test_a_bad_parameter_is_named(rest: httpx.Client, path: str, field: str) -> None:
    response = rest.get(path)
    assert (response.status_code, reason(response)) == (400, "INVALID_REQUEST")
    assert field in violated(response)


@pytest.mark.parametrize("size", [0, 1, 250, 251, 2**31 - 1])
def test_any_page_size_from_zero_is_accepted(rest: httpx.Client, size: int) -> None:
    response = rest.get("/orders", params={"user_id": USER, "page_size": size})
    assert (response.status_code, response.json()) == (200, {"orders": [], "next_page_token": ""})


@pytest.mark.parametrize("token", ["x", "AAAA", "ü", "%00"])
def test_an_invalid_page_token_is_rejected(rest: httpx.Client, token: str) -> None:
    response = rest.get("/orders", params={"user_id": USER, "page_token": token})
    assert (response.status_code, reason(response)) == (400, "INVALID_PAGE_TOKEN")
    assert "page_token" in violated(response)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/orders/", 404),
        ("POST", "/accounts/", 404),
        ("PUT", "/orders", 405),
        ("DELETE", f"/orders/{USER}", 405),
        ("POST", f"/accounts/{USER}", 405),
    ],
)
def test_unknown_routes_and_methods_get_errors_in_the_declared_format(
    rest: httpx.Client, method: str, path: str, status: int
) -> None:
    response = rest.request(method, path)
    assert response.status_code == status
    assert reason(response)


def test_405_names_all_methods(rest: httpx.Client) -> None:
    response = rest.put("/orders")
    assert response.headers["allow"] == "GET, HEAD, POST"
    assert response.json()["details"][0]["metadata"] == {"methods": "GET, HEAD, POST"}


def test_a_huge_body_is_rejected(rest: httpx.Client) -> None:
    body = json.dumps(ORDER | {"description": "x" * 2**20})
    response = rest.post("/orders", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 413
    assert reason(response)


def test_another_content_type_is_rejected(rest: httpx.Client) -> None:
    response = rest.post("/orders", content=b"a=b", headers={"Content-Type": "text/plain"})
    assert response.status_code == 415
    assert reason(response)


def test_huge_headers_are_rejected(rest: httpx.Client) -> None:
    response = rest.get("/orders", headers={"X-Big": "x" * 100_000})
    assert response.status_code == 431
    assert reason(response)


def test_services_accept_all_headers_that_the_gateway_accepts(rest: httpx.Client) -> None:
    large = {"Authorization": "Bearer " + "x" * 15_000}
    many = {f"Grpc-Metadata-{number:x}": "" for number in range(800)}
    for headers in (large, many):
        assert rest.get("/orders", params={"user_id": USER}, headers=headers).status_code == 200


def test_head_is_get_without_body(rest: httpx.Client) -> None:
    path = f"/orders?user_id={USER}"
    head, get = rest.head(path), rest.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_the_request_id_is_echoed_or_generated(rest: httpx.Client) -> None:
    path = f"/orders?user_id={USER}"
    assert rest.get(path, headers={"X-Request-Id": "mine-1"}).headers["X-Request-Id"] == "mine-1"
    assert rest.get(path).headers["X-Request-Id"]
    assert rest.get("/nowhere").headers["X-Request-Id"]
