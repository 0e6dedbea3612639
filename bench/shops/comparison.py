"""One run: which rows are measured, in which turns."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench.measuring.results import OURS, Results
from bench.shops import drain, go_peer, growth
from bench.shops.ceilings import Ceilings
from bench.shops.measurements import CPU_CONNECTIONS, Measurements
from bench.shops.ours import our_shop
from bench.shops.servers import Servers, servers
from bench.shops.shop import Shop

Opener = Callable[[], AbstractContextManager[Shop]]
"""Runs a shop for the length of a block."""
ROWS = ("saga", "accept", "latency", "growth", "copies", "ceilings", "drain")
MEASURED = frozenset(("saga", "accept", "latency"))
"""The rows of both shops in each round."""
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
            self._compare(base, databases, measure)
            if "copies" in self.rows:
                self._copies(base, measure)
            if "drain" in self.rows:  # the last one: no consumer reads the events that it publishes
                self._drain(base, databases)

    def _compare(self, base: Servers, databases: go_peer.Databases, measure: Measurements) -> None:
        """Measures one shop at a time: an idle one polls, and takes the processor's cache from the other one."""
        if not {*MEASURED, "growth", "ceilings"} & set(self.rows):
            return
        load = self.binaries / "load"
        fast = go_peer.Databases.create(base, go_peer.FAST)
        fast_peer = partial(go_peer.go_shop, base, self.binaries, fast)
        shops: list[Opener] = [
            partial(our_shop, base, load, self.settings),
            partial(go_peer.go_shop, base, self.binaries, databases),
        ]
        ceilings = Ceilings.create(base, self.size.seconds) if "ceilings" in self.rows else None
        for (
            opener
        ) in shops:  # a broker that has just started is slower, which the first round would pay for
            with self._warm(opener, measure.orders):
                pass
        for number in range(1, self.size.rounds + 1):
            self.tell(f"round {number} of {self.size.rounds}")
            if MEASURED & set(self.rows):
                for opener in shops if number % 2 else shops[::-1]:
                    with self._warm(opener, measure.orders) as shop:
                        self._measure(shop, measure)
            if "latency" in self.rows:
                with self._warm(fast_peer, measure.orders // 4) as shop:
                    self._latency(shop, measure)
            if ceilings:
                ceilings.measure(self.results)
        if "growth" in self.rows:
            self._growth(base, databases, measure, shops)

    def _measure(self, shop: Shop, measure: Measurements) -> None:
        if "saga" in self.rows:
            for connections in self.size.connections:
                measure.sagas(shop, connections)
        if "accept" in self.rows:
            for connections in self.size.connections:
                measure.accepted(shop, connections)
        if "latency" in self.rows:
            self._latency(shop, measure)
            if self.size.own_rate and shop.name in measure.best:
                rate = OWN_LOAD * measure.best[shop.name]
                measure.latency(shop, rate, f"{OWN_LOAD:.0%} of its own best rate")

    def _latency(self, shop: Shop, measure: Measurements) -> None:
        for rate in self.size.rates:
            measure.latency(shop, rate, f"{rate}/s")

    @contextmanager
    def _warm(self, opener: Opener, orders: int) -> Iterator[Shop]:
        """Runs a shop that has served so many orders, for the length of the block."""
        with opener() as shop:
            self.tell(f"warming {shop.name} up")
            shop.open_accounts()
            shop.load.saga(
                connections=CPU_CONNECTIONS, orders=orders, users=shop.users, poor=shop.poor
            )
            yield shop

    def _growth(
        self,
        base: Servers,
        databases: go_peer.Databases,
        measure: Measurements,
        shops: Sequence[Opener],
    ) -> None:
        for level in growth.LEVELS:
            self.tell(f"storing {level:,} orders")
            growth.grow(base, databases, level)
            for opener in shops:
                with self._warm(opener, measure.orders) as shop:
                    for _ in range(self.size.rounds):
                        measure.sagas(shop, CPU_CONNECTIONS, f", {level:,} stored orders")

    def _copies(self, base: Servers, measure: Measurements) -> None:
        for copies in COPIES:
            copied = partial(our_shop, base, self.binaries / "load", self.settings, copies)
            with self._warm(copied, measure.orders) as shop:
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
