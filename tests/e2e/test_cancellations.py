"""Users cancel orders, before and after they are paid."""

import signal
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running
from tests.faults.fault import fault
from tests.shop_client import Json, ShopClient, reason, violated

REPLAYED = "Idempotent-Replayed"


@pytest.fixture
def canceled(system: Running, shop: ShopClient, user: str) -> Json:
    """An order of a user with a balance of 100, which was canceled before payments saw it."""
    shop.account(user, balance=100)
    with fault(system, "payments", signal.SIGSTOP):
        order_id = shop.order(user, 60)["id"]
        response = shop.cancel(order_id)
        assert response.status_code == 200, response.text
    order: Json = response.json()
    assert order["id"] == order_id
    return order


def test_new_order_is_canceled_at_once_and_its_debit_is_given_back(
    shop: ShopClient, rest: httpx.Client, user: str, canceled: Json
) -> None:
    assert (canceled["status"], canceled["cancel_reason"]) == ("CANCELED", "CANCELED_BY_USER")
    assert (canceled["user_id"], canceled["amount"]) == (user, 60)
    assert canceled["updated_at"] > canceled["created_at"]
    refund, debit, _ = shop.refunded(user, canceled["id"])
    assert (debit["type"], debit["amount"], debit["balance_after"]) == ("DEBIT", 60, 40)
    assert (refund["type"], refund["amount"], refund["balance_after"]) == ("REFUND", 60, 100)
    assert refund["reference_order_id"] == debit["reference_order_id"] == canceled["id"]
    assert shop.balance(user) == 100
    assert rest.get(f"/orders/{canceled['id']}").json() == canceled
    listed = rest.get("/orders", params={"user_id": user, "status": "CANCELED"}).json()["orders"]
    assert listed == [canceled]


def test_canceling_again_gets_the_same_response(
    shop: ShopClient, rest: httpx.Client, user: str, canceled: Json
) -> None:
    log = shop.refunded(user, canceled["id"])
    path = f"/orders/{canceled['id']}/cancel"
    key = {"Idempotency-Key": str(uuid4())}
    responses = [
        rest.post(path),
        rest.post(path, json={}),
        rest.post(path, headers=key),
        rest.post(path, headers=key),
        rest.post(path.replace(canceled["id"], canceled["id"].upper())),
    ]
    assert [response.status_code for response in responses] == [200] * 5
    assert {response.content for response in responses} == {responses[0].content}
    assert responses[0].json() == canceled
    assert [REPLAYED in response.headers for response in responses] == [*[False] * 3, True, False]
    assert shop.transactions(user) == log


@pytest.mark.parametrize(("balance", "status"), [(100, "FINISHED"), (0, "CANCELED")])
def test_order_that_has_ended_is_not_canceled(
    shop: ShopClient, rest: httpx.Client, user: str, balance: int, status: str
) -> None:
    shop.account(user, balance)
    ended = shop.ended(shop.order(user, 60)["id"])
    log = shop.transactions(user)
    response = shop.cancel(ended["id"])
    assert (response.status_code, reason(response)) == (400, "ORDER_ENDED")
    error = response.json()
    assert error["message"] == f"Order {ended['id']} can't be canceled, because it is {status}."
    assert error["details"][0]["metadata"] == {"order_id": ended["id"], "status": status}
    assert rest.get(f"/orders/{ended['id']}").json() == ended
    assert shop.transactions(user) == log


def test_unknown_order_is_not_found(shop: ShopClient) -> None:
    response = shop.cancel(str(uuid4()))
    assert (response.status_code, reason(response)) == (404, "ORDER_NOT_FOUND")


@pytest.mark.parametrize(
    ("send", "field"),
    [
        (lambda rest: rest.post("/orders/7/cancel"), "order_id"),
        (lambda rest: rest.post(f"/orders/{uuid4()}/cancel", json={"why": "late"}), "why"),
    ],
    ids=["id", "body"],
)
def test_invalid_request_is_rejected_with_the_name_of_its_field(
    rest: httpx.Client, send: Callable[[httpx.Client], httpx.Response], field: str
) -> None:
    response = send(rest)
    assert (response.status_code, violated(response)) == (400, [field])
