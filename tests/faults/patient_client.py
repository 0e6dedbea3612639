"""A client that retries a request with the same Idempotency-Key until it gets a definite response."""

from typing import Any
from uuid import uuid4

import httpx
import stamina

from tests.shop_client import Json, reason

RETRY_SECONDS_MAX = 60.0


class NoAnswerError(Exception):
    """The response doesn't say whether the request had its effect, so it must be retried."""


def post(rest: httpx.Client, path: str, body: Json) -> Json:
    """Returns the created resource; retries share one Idempotency-Key and create it once."""
    key = {"Idempotency-Key": str(uuid4())}
    answer = _insist(rest, "POST", path, json=body, headers=key)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def get(rest: httpx.Client, path: str) -> Json:
    answer = _insist(rest, "GET", path)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def _insist(rest: httpx.Client, method: str, path: str, **request: Any) -> httpx.Response:
    for attempt in stamina.retry_context(
        on=(httpx.TransportError, NoAnswerError),
        attempts=None,
        timeout=RETRY_SECONDS_MAX,
        wait_initial=0.05,
        wait_max=0.5,
    ):
        with attempt:
            answer = rest.request(method, path, **request)
            if answer.status_code >= 500 or _in_flight(answer):
                raise NoAnswerError(answer.text)
    return answer


def _in_flight(answer: httpx.Response) -> bool:
    return answer.status_code == 409 and reason(answer) == "IDEMPOTENCY_KEY_IN_FLIGHT"
