"""A running shop, ours or a peer's, as a benchmark sees it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import psycopg

from bench.measuring.load import Load

USERS = 100
BALANCE = 1_000_000_000
IDLE_SECONDS_MAX = 180.0
READY_SECONDS_MAX = 60.0


@dataclass
class Shop:
    """One shop: where it is, and which processes it consists of."""

    name: str
    load: Load
    orders_url: str = field(repr=False)
    """The database of orders, as a role that may read and write rows."""
    processes: Callable[[], dict[str, list[int]]]
    """Returns part → ids of its processes."""
    users: list[str] = field(default_factory=list)
    poor: str = ""
    """A user without money."""
    has_events: bool = False
    """Whether it streams the events of an order."""

    def open_accounts(self) -> None:
        """Creates the users, and waits until the first order has ended."""
        self.users = [str(uuid4()) for _ in range(USERS)]
        self.poor = str(uuid4())
        with httpx.Client(base_url=self.load.url, trust_env=False, timeout=30) as client:
            for user in (*self.users, self.poor):
                client.post("/accounts", json={"user_id": user}).raise_for_status()
            for user in self.users:
                path = f"/accounts/{user}/top-ups"
                client.post(path, json={"amount": BALANCE}).raise_for_status()
            body = {"user_id": self.users[0], "amount": 1, "description": "first"}
            client.post("/orders", json=body).raise_for_status()
        self.await_idle(READY_SECONDS_MAX)

    def await_idle(self, seconds_max: float = IDLE_SECONDS_MAX) -> None:
        """Waits until no order is NEW.

        Raises:
            TimeoutError: an order is NEW for too long.
        """
        deadline = time.monotonic() + seconds_max
        with psycopg.connect(self.orders_url, autocommit=True) as connection:
            while time.monotonic() < deadline:
                found = connection.execute(
                    "SELECT EXISTS (SELECT FROM orders WHERE status = 'NEW')"
                )
                if found.fetchone() == (False,):
                    return
                time.sleep(0.1)
        raise TimeoutError(f"{self.name}: an order is NEW for more than {seconds_max:g} s")
