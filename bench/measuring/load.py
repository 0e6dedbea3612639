"""The load program, `peers/go/cmd/load`, which measures at the client."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS_MAX = 600.0


@dataclass(frozen=True)
class Load:
    """Runs the load program against one system."""

    program: Path
    url: str
    """The base URL, on 127.0.0.1; several with commas are processes of one system, which share the connections."""
    token: str = ""
    """A bearer token that every request has."""

    def requests(
        self,
        method: str,
        path: str,
        *,
        connections: int,
        seconds: float,
        body: str = "",
        users: Sequence[str] = (),
        statuses: Sequence[int] = (200, 201),
    ) -> dict[str, float]:
        """Sends requests over all connections without a pause.

        Args:
            method: the HTTP method.
            path: the path and query; `{user}` in it, or in the body, stands for each user in turn.
            connections: the number of connections, with one request in flight each.
            seconds: the length of the measurement.
            body: the JSON body.
            users: ids of users.
            statuses: the HTTP statuses that count as success.

        Returns:
            `requests`, `seconds`, `per_s`, `p50_ms` and `p99_ms`.

        Raises:
            RuntimeError: a request failed.
        """
        return self._run(
            "requests",
            *("-method", method, "-path", path, "-body", body, "-c", connections),
            *("-d", f"{seconds}s", "-statuses", ",".join(map(str, statuses))),
            *(("-users", ",".join(users)) if users else ()),
        )

    def saga(
        self, *, connections: int, orders: int, users: Sequence[str], poor: str = ""
    ) -> dict[str, float]:
        """Posts orders without a pause, waits for the end of all, reads each once and compares balances.

        Args:
            connections: the number of connections.
            orders: the number of orders.
            users: ids of users with enough money.
            poor: the id of a user without money, who sends every 50th order.

        Returns:
            `orders`, `posted_s`, `seconds` until all have ended, and `per_s`.

        Raises:
            RuntimeError: a request failed, or an outcome is wrong.
        """
        return self._run(
            "saga",
            *("-c", connections, "-n", orders, "-users", ",".join(users), "-poor", poor),
        )

    def latency(
        self, *, rate: float, seconds: float, users: Sequence[str], events: bool = False
    ) -> dict[str, float]:
        """Posts orders at a steady rate and waits for the end of up to 20 of them per second.

        Args:
            rate: orders per second.
            seconds: the length of the measurement.
            users: ids of users with enough money.
            events: whether to wait by an order's server-sent events instead of GETs.

        Returns:
            `post_p50_ms`, `post_p99_ms`; `p50_ms` and `p99_ms` from the response of the POST to the end.

        Raises:
            RuntimeError: a request failed.
        """
        return self._run(
            "latency",
            *("-rate", rate, "-d", f"{seconds}s", "-c", 128, "-users", ",".join(users)),
            f"-events={events}",
        )

    def _run(self, measurement: str, *words: str | float) -> dict[str, float]:
        done = subprocess.run(
            [self.program, measurement, "-url", self.url, "-token", self.token, *map(str, words)],
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"load {measurement} against {self.url}: {done.stderr.strip()}")
        result: dict[str, float] = json.loads(done.stdout)
        return result
