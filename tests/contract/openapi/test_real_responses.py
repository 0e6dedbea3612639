"""The running system returns the responses that the document's examples show."""

from urllib.parse import urljoin

import httpx
import pytest

from tests.contract.openapi.conftest import Json
from tests.documented_responses import example_of, operation_of
from tests.shop_client import ShopClient


def shown(method: str, path: str, status: str) -> Json:
    operation = operation_of(method, path)
    assert operation is not None
    return example_of(operation, status)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/orders/{order_id}", None),
        ("POST", "/orders/{order_id}/cancel", {}),
        ("GET", "/accounts/{user_id}", None),
        ("GET", "/accounts/{user_id}/transactions", None),
        ("POST", "/accounts/{user_id}/top-ups", {"amount": 1}),
    ],
)
def test_missing_resource_gets_the_documented_error(
    openapi: Json, rest: httpx.Client, method: str, path: str, body: Json | None
) -> None:
    operation = openapi["paths"][path][method.lower()]
    [name] = [
        parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"
    ]
    response = rest.request(
        method, path.format_map({name: "7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e12"}), json=body
    )
    assert response.status_code == 404
    example = example_of(operation, "404")
    [detail] = example["details"]
    metadata = {name: "7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e12"}
    message = example["message"].replace(detail["metadata"][name], metadata[name])
    assert response.json() == example | {
        "message": message,
        "details": [detail | {"metadata": metadata}],
    }


def test_second_account_gets_the_documented_error(rest: httpx.Client, user: str) -> None:
    for _ in range(2):
        response = rest.post("/accounts", json={"user_id": user})
    example = shown("POST", "/accounts", "409")
    [detail] = example["details"]
    assert response.status_code == 409
    assert response.json() == example | {
        "message": example["message"].replace(detail["metadata"]["user_id"], user),
        "details": [detail | {"metadata": {"user_id": user}}],
    }


@pytest.mark.parametrize("path", ["/orders", "/accounts/{user}/top-ups"])
def test_key_of_another_request_gets_the_documented_error(
    rest: httpx.Client, shop: ShopClient, user: str, path: str
) -> None:
    shop.account(user)
    own = {"user_id": user} if path == "/orders" else {}
    url = path.format(user=user)
    for amount in (1, 2):
        body = own | {"amount": amount}
        response = rest.post(url, json=body, headers={"Idempotency-Key": user})
    assert response.status_code == 409
    assert response.json() == shown("POST", url, "409")


def test_real_order_equals_the_documented_example_but_for_ids_and_times(
    swagger: Json, rest: httpx.Client
) -> None:
    request = swagger["definitions"]["CreateOrderRequest"]["example"]
    example = shown("POST", "/orders", "201")
    response = rest.post("/orders", json=request)
    assert response.status_code == 201
    made = {name: example[name] for name in ("id", "created_at", "updated_at")}
    assert response.json() | made == example


def test_location_leads_to_the_created_resource(
    rest: httpx.Client, shop: ShopClient, user: str
) -> None:
    created = rest.post("/accounts", json={"user_id": user})
    assert created.headers["location"] == f"accounts/{user}"
    assert rest.get(urljoin(str(created.url), created.headers["location"])).json() == created.json()
    order = rest.post("/orders", json={"user_id": user, "amount": 1})
    read = rest.get(urljoin(str(order.url), order.headers["location"])).json()
    assert read["id"] == order.json()["id"]
    assert urljoin("https://host/shop/orders", order.headers["location"]) == (
        f"https://host/shop/orders/{read['id']}"
    )
