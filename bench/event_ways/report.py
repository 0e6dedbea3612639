"""The table of the results."""

import statistics
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from bench.event_ways.measurement import Result


def report(results: Mapping[tuple[int, str], Sequence[Result]], peer: str) -> None:
    """Prints medians of the rounds, and their ratios to the peer's."""
    table = Table("Events/s", "Way", "p50, ms", "ratio", "p99, ms", "broker µs/event", "ratio")
    for (rate, name), rounds in results.items():
        base = results[rate, peer]
        p50 = statistics.median(result.p50_ms for result in rounds)
        p99 = statistics.median(result.p99_ms for result in rounds)
        broker = statistics.median(result.broker_us for result in rounds)
        slower = p50 / statistics.median(result.p50_ms for result in base)
        dearer = broker / statistics.median(result.broker_us for result in base)
        figures = (f"{p50:.1f}", f"{slower:.2f}", f"{p99:.1f}", f"{broker:.0f}", f"{dearer:.2f}")
        table.add_row(str(rate), name, *figures)
    Console(width=110).print(table)
