from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from tests.shop_client import ShopClient, reason, violated

REPLAYED = "Idempotent-Replayed"


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def test_the_same_request_replays_byte_for_byte(
    rest: httpx.Client, shop: ShopClient, user: str, key: dict[str, str]
) -> None:
    shop.account(user, balance=10)
    for path, body in [
        (f"/accounts/{user}/top-ups", {"amount": 5}),
        ("/orders", {"user_id": user, "amount": 1}),
    ]:
        first, second = (rest.post(path, json=body, headers=key) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert REPLAYED not in first.headers
        assert second.headers[REPLAYED] == "true"
        assert first.content == second.content
    assert len(rest.get("/orders", params={"user_id": user}).json()["orders"]) == 1


def test_creation_of_an_account_is_replayed(
    rest: httpx.Client, user: str, key: dict[str, str]
) -> None:
    body = {"user_id": user}
    first, second = (rest.post("/accounts", json=body, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content


def test_a_key_of_another_request_is_rejected(
    rest: httpx.Client, shop: ShopClient, user: str, key: dict[str, str]
) -> None:
    shop.account(user)
    path = f"/accounts/{user}/top-ups"
    assert rest.post(path, json={"amount": 5}, headers=key).status_code == 201
    again = rest.post(path, json={"amount": 6}, headers=key)
    assert (again.status_code, reason(again)) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert shop.balance(user) == 5


def test_keys_are_scoped_to_method_and_user(
    rest: httpx.Client, shop: ShopClient, user: str, key: dict[str, str]
) -> None:
    other = str(uuid4())
    for owner in (user, other):
        assert rest.post("/accounts", json={"user_id": owner}, headers=key).status_code == 201
        top_up = rest.post(f"/accounts/{owner}/top-ups", json={"amount": 1}, headers=key)
        assert (top_up.status_code, REPLAYED in top_up.headers) == (201, False)


def test_an_error_is_not_stored(
    rest: httpx.Client, shop: ShopClient, user: str, key: dict[str, str]
) -> None:
    path = f"/accounts/{user}/top-ups"
    assert rest.post(path, json={"amount": 5}, headers=key).status_code == 404
    shop.account(user)
    assert rest.post(path, json={"amount": 5}, headers=key).status_code == 201


def test_duplicates_in_flight_have_one_effect(
    rest: httpx.Client, shop: ShopClient, user: str, key: dict[str, str]
) -> None:
    shop.account(user)
    path = f"/accounts/{user}/top-ups"
    with ThreadPoolExecutor(20) as pool:
        responses = list(
            pool.map(lambda _: rest.post(path, json={"amount": 5}, headers=key), range(20))
        )
    assert {response.status_code for response in responses} == {201}
    assert len({response.content for response in responses}) == 1
    assert sum(REPLAYED not in response.headers for response in responses) == 1
    assert shop.balance(user) == 5


@pytest.mark.parametrize("value", [b"", b"x" * 256, b"has space", "ü".encode()])
def test_a_bad_key_is_named(rest: httpx.Client, user: str, value: bytes) -> None:
    response = rest.post("/accounts", json={"user_id": user}, headers={b"Idempotency-Key": value})
    assert response.status_code == 400
    assert set(violated(response)) == {"Idempotency-Key"}


def test_two_keys_in_one_request_are_rejected(rest: httpx.Client, user: str) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    response = rest.post("/accounts", json={"user_id": user}, headers=headers)
    assert response.status_code == 400
    assert set(violated(response)) == {"Idempotency-Key"}
