"""Measures the memory of each process of the shop under load; exits with 1 when one of ours grows.

`./justw bench memory` posts orders over 32 connections for ten minutes, waits for their ends and reads each one. It
compares each process's memory at the end with that after the warm-up. PostgreSQL and Kafka are shown, too, and not
judged: they fill their buffers and their heap first.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from bench.measuring import go
from bench.measuring.memory import BEGINNING, END, Series, compared, growth, memory_sampled
from bench.measuring.processes import alone
from bench.measuring.report import print_table
from bench.measuring.results import Results
from bench.shops.ours import SERVICES, our_shop
from bench.shops.servers import servers
from embedded_stack.errors import StackError

BENCHMARK = "bench memory"
CONNECTIONS = 32
ORDERS = 2000
"""Orders of one turn; the next turn begins when all have ended."""
GROWTH_MAX = 0.05
OURS = ("gateway", *SERVICES)


def main(
    minutes: Annotated[float, typer.Option(min=0.5, help="The length of the measurement.")] = 10.0,
    json: Annotated[Path | None, typer.Option(help="The file to write the results to.")] = None,
) -> None:
    """Measures memory under load."""
    # Without this, SIGTERM would end the process without ending its children.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{BENCHMARK}: terminated"))
    try:
        with alone():
            series, orders = _measure(minutes * 60)
    except (RuntimeError, TimeoutError, StackError, subprocess.CalledProcessError) as error:
        sys.exit(f"{BENCHMARK}: {error}")
    results = Results(
        benchmark=BENCHMARK,
        settings={
            "cores": str(os.cpu_count()),
            "minutes": f"{minutes:g}",
            "orders": f"{orders:,}",
        },
        series=dict(series),
    )
    for part, samples in series.items():
        for place, values in compared(samples).items():
            for value in values:
                results.add(part, place, value, "MiB")
    if json:
        results.save(json)
    print_table(results, (END, BEGINNING))
    grown = {part: growth(series[part]) for part in OURS if growth(series[part]) > GROWTH_MAX}
    for part, share in grown.items():
        print(f"{BENCHMARK}: {part} grew by {share:.1%}; at most {GROWTH_MAX:.0%} is flat")
    sys.exit(bool(grown))


def _measure(seconds: float) -> tuple[Series, int]:
    """Returns the memory of all parts, and the number of orders."""
    load = go.build() / "load"
    with servers() as base, our_shop(base, load) as shop:
        shop.open_accounts()
        orders = 0
        with memory_sampled(shop.processes()) as series:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                shop.load.saga(
                    connections=CONNECTIONS, orders=ORDERS, users=shop.users, poor=shop.poor
                )
                orders += ORDERS
        return series, orders


if __name__ == "__main__":
    typer.run(main)
