"""The requests that all gateways get."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bench.measuring.load import Load

USER = "7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11"
ORDER = "01932c07-5c60-7cc1-a2a1-4b5c8c3c5f01"
MISSING = "00000000-0000-4000-8000-000000000404"
"""The id of the order for which the backend returns NOT_FOUND."""
PAGE = 50
BODY = f'{{"user_id":"{USER}","amount":1500,"description":"two books and a lamp"}}'


@dataclass(frozen=True)
class Call:
    """A request, and what is right about its response."""

    method: str
    path: str
    is_right: Callable[[Any], bool]
    body: str = ""
    statuses: tuple[int, ...] = (200,)

    def send(self, load: Load, connections: int, seconds: float) -> dict[str, float]:
        """Sends the request for some seconds over all connections."""
        return load.requests(
            self.method,
            self.path,
            connections=connections,
            seconds=seconds,
            body=self.body,
            users=[USER],
            statuses=self.statuses,
        )

    def check(self, url: str, token: str) -> None:
        """Sends the request once, with a bearer token if there is one.

        Raises:
            RuntimeError: the response is not the backend's.
        """
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        response = httpx.request(self.method, url + self.path, content=self.body, headers=headers)
        if response.status_code not in self.statuses or not self.is_right(response.json()):
            raise RuntimeError(
                f"{response.url} responded {response.status_code} {response.text[:300]}"
            )


def _is_order(found: Any) -> bool:
    order = found.get("order", found)  # Envoy's responses have this level
    return bool(order["user_id"] == USER and order["status"] == "FINISHED")


def _is_page(found: Any) -> bool:
    return len(found["orders"]) == PAGE and all(
        order["user_id"] == USER for order in found["orders"]
    )


def _has_reason(found: Any) -> bool:
    return "ORDER_NOT_FOUND" in json.dumps(found)


CALLS: Mapping[str, Call] = {
    "GET": Call("GET", f"/orders/{ORDER}", _is_order),
    "POST": Call("POST", "/orders", _is_order, BODY, (200, 201)),
    f"list of {PAGE}": Call("GET", f"/orders?user_id={USER}&page_size={PAGE}", _is_page),
    "404": Call("GET", f"/orders/{MISSING}", _has_reason, statuses=(404,)),
}
