"""The rows that are measured on running shops, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bench.measuring.cpu import cpu_used
from bench.measuring.results import Results
from bench.shops.shop import Shop

CPU_CONNECTIONS = 32
"""The number of connections of the run whose CPU time is reported."""
ORDER = '{"user_id":"{user}","amount":1,"description":"two books and a lamp"}'
ORDERS_PER_S = "orders/s"


@dataclass
class Measurements:
    """Measures shops and adds the values to the results."""

    results: Results
    orders: int
    """The number of orders of a saga run; a quarter of it with one connection."""
    seconds: float
    """The length of the measurements with a fixed length."""
    tell: Callable[[str], None]
    """Takes lines of progress."""
    best: dict[str, float] = field(default_factory=dict)
    """Shop → the highest rate of orders to their end."""

    def sagas(self, shop: Shop, connections: int, suffix: str = "") -> None:
        """Measures orders to their end, and the CPU time of an order that is created, ended and read once."""
        orders = self.orders if connections > 1 else self.orders // 4
        with cpu_used(shop.processes()) as used:
            measured = shop.load.saga(
                connections=connections, orders=orders, users=shop.users, poor=shop.poor
            )
        rate = measured["per_s"]
        self.best[shop.name] = max(rate, self.best.get(shop.name, 0.0))
        self._add(
            f"orders to their end, {_connections(connections)}{suffix}",
            shop,
            rate,
            ORDERS_PER_S,
            chart="Orders to their end per second",
        )
        if connections == CPU_CONNECTIONS:
            self._add_cpu(shop, {part: s / orders * 1000 for part, s in used.items()}, suffix)

    def accepted(self, shop: Shop, connections: int) -> None:
        """Measures orders that are accepted per second, while the earlier ones are being paid."""
        measured = shop.load.requests(
            "POST",
            "/orders",
            body=ORDER,
            users=shop.users,
            connections=connections,
            seconds=self.seconds,
        )
        self._add(
            f"accepted orders, {_connections(connections)}",
            shop,
            measured["per_s"],
            ORDERS_PER_S,
            chart="Accepted orders per second",
        )
        shop.await_idle()

    def latency(self, shop: Shop, rate: float, name: str) -> None:
        """Measures the time from the response of the POST to the end of the order, at a steady rate."""
        self._latency(shop, rate, name, events=False)
        if shop.has_events:
            self._latency(shop, rate, f"{name} by its events", events=True)

    def _latency(self, shop: Shop, rate: float, name: str, *, events: bool) -> None:
        measured = shop.load.latency(
            rate=rate, seconds=2 * self.seconds, users=shop.users, events=events
        )
        for quantile in ("p50", "p99"):
            self._add(
                f"POST to the end at {name}, {quantile}",
                shop,
                measured[f"{quantile}_ms"],
                "ms",
                chart="POST to the end of the order, ms",
            )
        shop.await_idle()

    def _add_cpu(self, shop: Shop, milliseconds: dict[str, float], suffix: str) -> None:
        """Adds the CPU time of all parts together, and of each one unless the row has a suffix."""
        parts = {} if suffix else milliseconds
        for part, value in {**parts, "together": sum(milliseconds.values())}.items():
            chart = "" if suffix else "CPU of an order, ms"
            self._add(f"CPU of an order: {part}{suffix}", shop, value, "ms", chart=chart)

    def _add(self, name: str, shop: Shop, value: float, unit: str, *, chart: str) -> None:
        self.results.add(
            name, shop.name, value, unit, higher_is_better=unit == ORDERS_PER_S, chart=chart
        )
        self.tell(f"{shop.name}: {name}: {value:.2f} {unit}")


def _connections(number: int) -> str:
    return "1 connection" if number == 1 else f"{number} connections"
