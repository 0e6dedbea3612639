"""A client that retries a request with the same Idempotency-Key until it gets a definite response."""

from typing import Any
from uuid import uuid4

import httpx
import stamina

from tests.shop_client import Json, reason

RETRY_SECONDS_MAX = 60.0


class IndefiniteResponseError(Exception):
    """The response doesn't say whether the request had its effect, so it must be retried."""


def post(rest: httpx.Client, path: str, body: Json) -> Json:
    """Returns the created resource; retries share one Idempotency-Key and create it once."""
    key = {"Idempotency-Key": str(uuid4())}
    response = _retry(rest, "POST", path, json=body, headers=key)
    assert response.status_code == 201, response.text
    created: Json = response.json()
    return created


def get(rest: httpx.Client, path: str) -> Json:
    response = _retry(rest, "GET", path)
    assert response.status_code == 200, response.text
    found: Json = response.json()
    return found


def cancel(rest: httpx.Client, order_id: str) -> Json:
    """Returns the order, which its user has canceled or which ended before."""
    response = _retry(rest, "POST", f"/orders/{order_id}/cancel")
    if response.status_code == 400:
        assert reason(response) == "ORDER_ENDED", response.text
        return get(rest, f"/orders/{order_id}")
    assert response.status_code == 200, response.text
    canceled: Json = response.json()
    return canceled


def _retry(rest: httpx.Client, method: str, path: str, **request: Any) -> httpx.Response:
    for attempt in stamina.retry_context(
        on=(httpx.TransportError, IndefiniteResponseError),
        attempts=None,
        timeout=RETRY_SECONDS_MAX,
        wait_initial=0.05,
        wait_max=0.5,
    ):
        with attempt:
            response = rest.request(method, path, **request)
            if response.status_code >= 500 or _in_flight(response):
                raise IndefiniteResponseError(response.text)
    return response


def _in_flight(response: httpx.Response) -> bool:
    return response.status_code == 409 and reason(response) == "IDEMPOTENCY_KEY_IN_FLIGHT"
