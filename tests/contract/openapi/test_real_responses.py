"""The running system returns the responses that the document's examples show."""

import httpx

from tests.contract.openapi.conftest import Json


def test_real_error_equals_the_documented_example(swagger: Json, rest: httpx.Client) -> None:
    operation = swagger["paths"]["/orders/{order_id}"]["get"]
    (order_id,) = [
        parameter["x-example"] for parameter in operation["parameters"] if parameter["in"] == "path"
    ]
    response = rest.get(f"/orders/{order_id}")
    assert response.status_code == 404
    assert response.json() == operation["responses"]["404"]["examples"]["application/json"]


def test_real_order_equals_the_documented_example_but_for_ids_and_times(
    swagger: Json, rest: httpx.Client
) -> None:
    operation = swagger["paths"]["/orders"]["post"]
    request = swagger["definitions"]["CreateOrderRequest"]["example"]
    shown = operation["responses"]["201"]["examples"]["application/json"]
    response = rest.post("/orders", json=request)
    assert response.status_code == 201
    made = {"id": shown["id"], "created_at": shown["created_at"], "updated_at": shown["updated_at"]}
    assert response.json() | made == shown
