"""Clients that place orders and read resources at a steady rate, without retries."""

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import httpx

from tests.shop_client import Json

CLIENTS = 8
ORDERS_PER_SECOND_MAX = 40
"""The total of all clients; each order is followed by two more requests."""
RESPONSE_SECONDS_MAX = 5.0
"""The longest response time that a user accepts."""
AMOUNT_MAX = 100


class SteadyLoad:
    """Clients that place orders until one of them gets a response that is not 2xx."""

    def __init__(self, url: str, users: Sequence[str]) -> None:
        self._url = url
        self._users = users
        self._numbers = itertools.count()
        self._placed: dict[str, float] = {}
        self._seconds: list[float] = []
        self._stop = threading.Event()
        self._clients: list[Future[None]] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Runs the load for the length of the block."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            self._clients = [pool.submit(self._order, number) for number in range(CLIENTS)]
            try:
                yield
            finally:
                self._stop.set()
        self.go_on(0)
        responses, slowest = len(self._seconds), max(self._seconds)
        print(f"{len(self._placed)} orders, {responses} responses within {slowest:.2f} s")

    def go_on(self, seconds: float) -> None:
        """Lets the load run for some seconds.

        Raises:
            AssertionError: a request failed or took too long; this ends the wait early.
        """
        for client in wait(self._clients, seconds, FIRST_EXCEPTION).done:
            client.result()

    def placed(self, since: float = 0) -> set[str]:
        """Returns the accepted orders that were sent after `since` (of the monotonic clock)."""
        return {order for order, sent in self._placed.copy().items() if sent > since}

    def _order(self, client: int) -> None:
        pause = CLIENTS / ORDERS_PER_SECOND_MAX
        due = time.monotonic() + client / ORDERS_PER_SECOND_MAX
        with httpx.Client(base_url=self._url, timeout=RESPONSE_SECONDS_MAX) as rest:
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                now = time.monotonic()
                due = max(due, now) + pause
                self._visit(rest, next(self._numbers), now)

    def _visit(self, rest: httpx.Client, number: int, now: float) -> None:
        """Places an order, reads it, and sends one more request."""
        visit, place = divmod(number, len(self._users))
        user = self._users[place]
        body = {"user_id": user, "amount": 1 + number % AMOUNT_MAX}
        order = str(self._ask(rest, "POST", "/orders", body)["id"])
        self._placed[order] = now
        self._ask(rest, "GET", f"/orders/{order}")
        others: tuple[tuple[str, str, Json | None], ...] = (
            ("POST", f"/accounts/{user}/top-ups", {"amount": 1}),
            ("GET", f"/accounts/{user}", None),
            ("GET", f"/accounts/{user}/transactions", None),
            ("GET", f"/orders?user_id={user}", None),
            ("GET", "/healthz", None),
        )
        self._ask(rest, *others[visit % len(others)])

    def _ask(self, rest: httpx.Client, method: str, path: str, body: Json | None = None) -> Json:
        began = time.monotonic()
        try:
            response = rest.request(method, path, json=body)
        except httpx.TransportError as error:
            raise AssertionError(f"{method} {path}: {error!r}") from error
        seconds = time.monotonic() - began
        self._seconds.append(seconds)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        assert seconds <= RESPONSE_SECONDS_MAX, f"{method} {path} took {seconds:.1f} s"
        found: Json = response.json()
        return found
