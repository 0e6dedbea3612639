"""The running system answers what the document's examples show."""

import httpx

from tests.contract.openapi.conftest import Json


def test_documented_refusal_is_the_real_one(swagger: Json, rest: httpx.Client) -> None:
    operation = swagger["paths"]["/orders/{order_id}"]["get"]
    (order_id,) = [each["x-example"] for each in operation["parameters"] if each["in"] == "path"]
    answer = rest.get(f"/orders/{order_id}")
    assert answer.status_code == 404
    assert answer.json() == operation["responses"]["404"]["examples"]["application/json"]


def test_documented_order_is_like_the_real_one(swagger: Json, rest: httpx.Client) -> None:
    operation = swagger["paths"]["/orders"]["post"]
    request = swagger["definitions"]["CreateOrderRequest"]["example"]
    shown = operation["responses"]["201"]["examples"]["application/json"]
    answer = rest.post("/orders", json=request)
    assert answer.status_code == 201
    made = {"id": shown["id"], "created_at": shown["created_at"], "updated_at": shown["updated_at"]}
    assert answer.json() | made == shown
