"""The routes as a REST client types them, spelled out: these tests pin the wire."""

from dataclasses import dataclass
from typing import Any

import httpx
import stamina

Json = dict[str, Any]


class NotYetError(Exception):
    """An order waits for its payment."""


@dataclass(frozen=True)
class ShopClient:
    rest: httpx.Client

    def account(self, user: str, balance: int = 0) -> Json:
        """Creates an account and tops it up."""
        account: Json = (
            self.rest.post("/accounts", json={"user_id": user}).raise_for_status().json()
        )
        if balance:
            body = {"amount": balance}
            self.rest.post(f"/accounts/{user}/top-ups", json=body).raise_for_status()
        return account

    def balance(self, user: str) -> int:
        return int(self.rest.get(f"/accounts/{user}").raise_for_status().json()["balance"])

    def order(self, user: str, amount: int, description: str = "") -> Json:
        body = {"user_id": user, "amount": amount, "description": description}
        order: Json = self.rest.post("/orders", json=body).raise_for_status().json()
        return order

    def cancel(self, order_id: str) -> httpx.Response:
        return self.rest.post(f"/orders/{order_id}/cancel")

    def ended(self, order_id: str, within_seconds: float = 20) -> Json:
        """Awaits an order's end and returns it."""
        for attempt in stamina.retry_context(
            on=NotYetError, attempts=None, timeout=within_seconds, wait_initial=0.02, wait_max=0.2
        ):
            with attempt:
                order: Json = self.rest.get(f"/orders/{order_id}").raise_for_status().json()
                if order["status"] == "NEW":
                    raise NotYetError(f"{order_id} is NEW after {within_seconds} s")
        return order

    def refunded(self, user: str, order_id: str, within_seconds: float = 20) -> list[Json]:
        """Awaits the refund of an order and returns the account's log, newest first."""
        for attempt in stamina.retry_context(
            on=NotYetError, attempts=None, timeout=within_seconds, wait_initial=0.02, wait_max=0.2
        ):
            with attempt:
                log = self.transactions(user)
                if not any(
                    (entry["type"], entry.get("reference_order_id")) == ("REFUND", order_id)
                    for entry in log
                ):
                    raise NotYetError(f"{order_id} is not refunded after {within_seconds} s")
        return log

    def transactions(self, user: str) -> list[Json]:
        """Reads all pages of an account's log."""
        found: list[Json] = []
        token = ""
        while True:
            response = self.rest.get(
                f"/accounts/{user}/transactions", params={"page_size": 250, "page_token": token}
            )
            page = response.raise_for_status().json()
            found += page["transactions"]
            token = page["next_page_token"]
            if not token:
                return found


def reason(response: httpx.Response) -> str:
    """The reason of an error; checks the shape of AIP-193 on the way."""
    assert response.headers["content-type"] == "application/json"
    error = response.json()
    assert {"code", "message", "details"} <= error.keys(), error
    infos = [
        detail for detail in error["details"] if detail["@type"].endswith("google.rpc.ErrorInfo")
    ]
    assert len(infos) == 1, error
    assert infos[0]["domain"] in {"orders.shop", "payments.shop", "gateway.shop"}, error
    return str(infos[0]["reason"])


def violated(response: httpx.Response) -> list[str]:
    """The fields that an error names."""
    details = response.json()["details"]
    requests = [detail for detail in details if detail["@type"].endswith("google.rpc.BadRequest")]
    return [violation["field"] for request in requests for violation in request["field_violations"]]
