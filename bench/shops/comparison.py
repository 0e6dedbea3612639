"""One run: which rows are measured, in which turns."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bench.measuring.results import OURS, Results
from bench.shops import drain, go_peer, growth
from bench.shops.ceilings import Ceilings
from bench.shops.measurements import CPU_CONNECTIONS, Measurements
from bench.shops.ours import our_shop
from bench.shops.servers import Servers, servers
from bench.shops.shop import Shop

ROWS = ("saga", "accept", "latency", "growth", "copies", "ceilings", "drain")
COPIES = (1, 2, 4)
OWN_LOAD = 0.8
"""The share of its own best rate at which a shop's latency is measured, too."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    orders: int
    """Orders of one run to the end."""
    seconds: float
    """The length of the measurements with a fixed length."""
    connections: Sequence[int]
    rates: Sequence[int]
    own_rate: bool
    """Whether latency is measured at a share of each shop's own best rate, too."""

    def with_rounds(self, rounds: int) -> "Size":
        """Returns the same with another number of rounds."""
        return replace(self, rounds=rounds)


@dataclass
class Comparison:
    """Measures the chosen rows of ours and of the peer."""

    results: Results
    size: Size
    rows: Sequence[str]
    binaries: Path
    """The folder of the Go programs."""
    settings: Sequence[str]
    """Names of variables that our processes get, too."""
    tell: Callable[[str], None]

    def run(self) -> None:
        """Starts the servers and the shops and measures.

        Raises:
            RuntimeError: a request failed, an outcome was wrong, or a process ended.
            TimeoutError: an order didn't end.
        """
        self.tell("starting PostgreSQL, Kafka and the registry")
        with servers() as base:
            databases = go_peer.Databases.create(base)
            measure = Measurements(self.results, self.size.orders, self.size.seconds, self.tell)
            self._both(base, databases, measure)
            if "copies" in self.rows:
                self._copies(base, measure)
            if "drain" in self.rows:  # the last one: no consumer reads the events that it publishes
                self._drain(base, databases)

    def _both(self, base: Servers, databases: go_peer.Databases, measure: Measurements) -> None:
        """Measures with both shops up, only one of which is under load at a time."""
        if not {"saga", "accept", "latency", "growth", "ceilings"} & set(self.rows):
            return
        fast = go_peer.Databases.create(base, go_peer.FAST)
        ceilings = Ceilings.create(base, self.size.seconds) if "ceilings" in self.rows else None
        with ExitStack() as opened:
            load = self.binaries / "load"
            shops = [
                opened.enter_context(our_shop(base, load, self.settings)),
                opened.enter_context(go_peer.go_shop(base, self.binaries, databases)),
            ]
            for shop in shops:
                self._warm_up(shop, measure.orders)
            for number in range(1, self.size.rounds + 1):
                self.tell(f"round {number} of {self.size.rounds}")
                turns = shops if number % 2 else shops[::-1]
                self._round(turns, measure)
                if "latency" in self.rows:
                    self._fast_peer(base, fast, measure)
                if ceilings:
                    ceilings.measure(self.results)
            if "growth" in self.rows:
                self._growth(base, databases, measure, shops)
            self.tell("stopping the shops")

    def _round(self, turns: Sequence[Shop], measure: Measurements) -> None:
        for connections, shop in self._turns("saga", turns):
            measure.sagas(shop, connections)
        for connections, shop in self._turns("accept", turns):
            measure.accepted(shop, connections)
        if "latency" in self.rows:
            for rate in self.size.rates:
                for shop in turns:
                    measure.latency(shop, rate, f"{rate}/s")
            for shop in turns:
                if self.size.own_rate and shop.name in measure.best:
                    best = measure.best[shop.name]
                    measure.latency(shop, OWN_LOAD * best, f"{OWN_LOAD:.0%} of its own best rate")

    def _turns(self, row: str, turns: Sequence[Shop]) -> Iterator[tuple[int, Shop]]:
        if row in self.rows:
            for connections in self.size.connections:
                for shop in turns:
                    yield connections, shop

    def _fast_peer(
        self, base: Servers, databases: go_peer.Databases, measure: Measurements
    ) -> None:
        """Measures the latency of a peer with a shorter poll interval, which is idle work while others are measured."""
        with go_peer.go_shop(base, self.binaries, databases) as shop:
            self._warm_up(shop, measure.orders // 4)
            for rate in self.size.rates:
                measure.latency(shop, rate, f"{rate}/s")

    def _warm_up(self, shop: Shop, orders: int) -> None:
        self.tell(f"warming {shop.name} up")
        shop.open_accounts()
        shop.load.saga(connections=CPU_CONNECTIONS, orders=orders, users=shop.users, poor=shop.poor)

    def _growth(
        self,
        base: Servers,
        databases: go_peer.Databases,
        measure: Measurements,
        shops: Sequence[Shop],
    ) -> None:
        for level in growth.LEVELS:
            self.tell(f"storing {level:,} orders")
            growth.grow(base, databases, level)
            for shop in shops:
                self._warm_up(shop, measure.orders)
            for number in range(self.size.rounds):
                for shop in shops if number % 2 else shops[::-1]:
                    measure.sagas(shop, CPU_CONNECTIONS, f", {level:,} stored orders")

    def _copies(self, base: Servers, measure: Measurements) -> None:
        for copies in COPIES:
            load = self.binaries / "load"
            with our_shop(base, load, self.settings, copies) as shop:
                self._warm_up(shop, measure.orders)
                for _ in range(self.size.rounds):
                    suffix = f", {copies} copies" if copies > 1 else ", 1 copy"
                    measure.sagas(shop, CPU_CONNECTIONS, suffix)

    def _drain(self, base: Servers, databases: go_peer.Databases) -> None:
        for _ in range(self.size.rounds):
            rates = {
                OURS: drain.drain_ours(base, self.settings),
                go_peer.NAME: drain.drain_go(base, databases, self.binaries),
            }
            for name, rate in rates.items():
                row = f"drain of {drain.ROWS:,} outbox rows"
                self.results.add(row, name, rate, "events/s", higher_is_better=True)
                self.tell(f"{name}: {row}: {rate:.0f} events/s")
