from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID, uuid4

import httpx

from tests.shop_client import ShopClient, reason

LIMIT = 2**53 - 1


def test_a_new_account_is_empty(rest: httpx.Client, user: str) -> None:
    response = rest.post("/accounts", json={"user_id": user})
    assert response.status_code == 201
    account = response.json()
    assert account.keys() == {"id", "user_id", "balance", "created_at", "updated_at"}
    assert (account["user_id"], account["balance"]) == (user, 0)
    assert UUID(account["id"])
    assert datetime.fromisoformat(account["created_at"]).utcoffset() is not None
    assert rest.get(f"/accounts/{user}").json() == account


def test_a_user_has_one_account(rest: httpx.Client, shop: ShopClient, user: str) -> None:
    shop.account(user)
    again = rest.post("/accounts", json={"user_id": user.upper()})
    assert (again.status_code, reason(again)) == (409, "ACCOUNT_ALREADY_EXISTS")
    assert user in again.text


def test_a_top_up_is_a_credit(rest: httpx.Client, shop: ShopClient, user: str) -> None:
    account = shop.account(user)
    response = rest.post(f"/accounts/{user}/top-ups", json={"amount": 700})
    assert response.status_code == 201
    transaction = response.json()
    assert transaction.pop("id") != account["id"]
    assert transaction.pop("created_at")
    assert transaction == {
        "account_id": account["id"],
        "amount": 700,
        "type": "CREDIT",
        "balance_after": 700,
    }
    assert shop.balance(user) == 700
    assert len(shop.transactions(user)) == 1


def test_top_up_of_a_missing_account_is_not_found(rest: httpx.Client, user: str) -> None:
    response = rest.post(f"/accounts/{user}/top-ups", json={"amount": 1})
    assert (response.status_code, reason(response)) == (404, "ACCOUNT_NOT_FOUND")


def test_a_balance_has_a_limit(rest: httpx.Client, shop: ShopClient, user: str) -> None:
    shop.account(user, balance=LIMIT - 5)
    response = rest.post(f"/accounts/{user}/top-ups", json={"amount": 6})
    assert (response.status_code, reason(response)) == (400, "BALANCE_LIMIT_EXCEEDED")
    assert rest.post(f"/accounts/{user}/top-ups", json={"amount": 5}).status_code == 201
    assert shop.balance(user) == LIMIT


def test_account_of_an_unknown_user_is_not_found(rest: httpx.Client) -> None:
    for path in ("", "/transactions"):
        response = rest.get(f"/accounts/{uuid4()}{path}")
        assert (response.status_code, reason(response)) == (404, "ACCOUNT_NOT_FOUND")


def test_transactions_are_listed_in_pages_newest_first(
    rest: httpx.Client, shop: ShopClient, user: str
) -> None:
    shop.account(user)
    for amount in range(1, 8):
        rest.post(f"/accounts/{user}/top-ups", json={"amount": amount}).raise_for_status()
    amounts: list[int] = []
    token = ""
    for _ in range(3):
        page = rest.get(
            f"/accounts/{user}/transactions", params={"page_size": 3, "page_token": token}
        ).json()
        amounts += [transaction["amount"] for transaction in page["transactions"]]
        token = page["next_page_token"]
    assert (amounts, token) == ([7, 6, 5, 4, 3, 2, 1], "")


def test_transactions_add_up_to_each_balance_after(shop: ShopClient, user: str) -> None:
    shop.account(user, balance=1000)
    with ThreadPoolExecutor(16) as threads:
        orders = [threads.submit(shop.order, user, 2) for _ in range(60)]
        for _ in range(120):
            threads.submit(shop.rest.post, f"/accounts/{user}/top-ups", json={"amount": 1})
    for order in orders:
        shop.ended(order.result()["id"])
    balance = 0
    log = shop.transactions(user)
    assert len(log) == 1 + 60 + 120
    for transaction in reversed(log):
        amount = transaction["amount"]
        balance += amount if transaction["type"] == "CREDIT" else -amount
        assert transaction["balance_after"] == balance, transaction
    assert shop.balance(user) == balance
