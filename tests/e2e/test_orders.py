from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.shop_client import ShopClient, reason


def test_a_created_order_is_new(rest: httpx.Client, user: str) -> None:
    body = {"user_id": user, "amount": 5, "description": "ä book"}
    response = rest.post("/orders", json=body)
    assert response.status_code == 201
    order = response.json()
    assert order.keys() == {
        *body,
        "id",
        "status",
        "cancel_reason",
        "created_at",
        "updated_at",
    }
    assert {name: order[name] for name in body} == body
    assert (order["status"], order["cancel_reason"]) == ("NEW", "")
    read = rest.get(f"/orders/{order['id'].upper()}")
    assert read.status_code == 200
    assert read.json()["id"] == order["id"]


def test_an_order_is_paid(shop: ShopClient, user: str) -> None:
    shop.account(user, balance=100)
    order = shop.ended(shop.order(user, 60)["id"])
    assert (order["status"], order["cancel_reason"]) == ("FINISHED", "")
    assert shop.balance(user) == 40
    debit = shop.transactions(user)[0]
    assert debit["type"] == "DEBIT"
    assert (debit["amount"], debit["balance_after"]) == (60, 40)
    assert debit["reference_order_id"] == order["id"]


def test_an_order_above_the_balance_is_canceled(shop: ShopClient, user: str) -> None:
    shop.account(user, balance=59)
    order = shop.ended(shop.order(user, 60)["id"])
    assert (order["status"], order["cancel_reason"]) == ("CANCELED", "INSUFFICIENT_FUNDS")
    assert shop.balance(user) == 59


def test_an_order_of_a_user_without_account_is_canceled(shop: ShopClient, user: str) -> None:
    order = shop.ended(shop.order(user, 1)["id"])
    assert (order["status"], order["cancel_reason"]) == ("CANCELED", "ACCOUNT_NOT_FOUND")


def test_unknown_order_is_not_found(rest: httpx.Client) -> None:
    response = rest.get(f"/orders/{uuid4()}")
    assert (response.status_code, reason(response)) == (404, "ORDER_NOT_FOUND")


@pytest.mark.parametrize("description", [None, "", "absent"])
def test_a_missing_description_is_empty(
    rest: httpx.Client, user: str, description: str | None
) -> None:
    body = {"user_id": user, "amount": 1, "description": description}
    if description == "absent":
        del body["description"]
    response = rest.post("/orders", json=body)
    assert (response.status_code, response.json()["description"]) == (201, "")


def test_orders_are_listed_in_pages_newest_first(
    rest: httpx.Client, shop: ShopClient, user: str
) -> None:
    made = [shop.order(user, amount)["id"] for amount in range(1, 6)]
    listed: list[str] = []
    token = ""
    for _ in range(3):
        params: dict[str, str | int] = {"user_id": user, "page_size": 2, "page_token": token}
        page = rest.get("/orders", params=params).json()
        listed += [order["id"] for order in page["orders"]]
        token = page["next_page_token"]
    assert (listed, token) == (made[::-1], "")


def test_orders_are_listed_by_status(rest: httpx.Client, shop: ShopClient, user: str) -> None:
    shop.account(user, balance=10)
    paid, canceled = (shop.ended(shop.order(user, amount)["id"])["id"] for amount in (10, 1))
    for status, expected in [("FINISHED", [paid]), ("CANCELED", [canceled]), ("NEW", [])]:
        page = rest.get("/orders", params={"user_id": user, "status": status}).json()
        assert [order["id"] for order in page["orders"]] == expected
        assert page["next_page_token"] == ""


def test_concurrent_orders_spend_the_balance_and_no_more(shop: ShopClient, user: str) -> None:
    shop.account(user, balance=25 * 40)
    with ThreadPoolExecutor(50) as pool:
        orders = list(pool.map(lambda _: shop.order(user, 40)["id"], range(50)))
    ended = [shop.ended(order) for order in orders]
    assert Counter(order["status"] for order in ended) == {"FINISHED": 25, "CANCELED": 25}
    assert {o["cancel_reason"] for o in ended} == {"", "INSUFFICIENT_FUNDS"}
    assert shop.balance(user) == 0
    debits = [entry for entry in shop.transactions(user) if entry["type"] == "DEBIT"]
    paid = {order["id"] for order in ended if order["status"] == "FINISHED"}
    assert Counter(debit["reference_order_id"] for debit in debits) == dict.fromkeys(paid, 1)
