"""Measures the whole shop against the same shop in Go, in turn, on one PostgreSQL and one Kafka.

`./justw bench saga` builds the peer from our contracts, starts everything on free ports, and prints the medians of
both and the median of the rounds' ratios. `--quick` takes about four minutes and measures the headline rows;
`./justw bench performance FILE` puts the results of `--json FILE` into PERFORMANCE.md.
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from bench.measuring import go
from bench.measuring.processes import alone
from bench.measuring.progress import tell
from bench.measuring.report import print_table
from bench.measuring.results import OURS, Results
from bench.shops.comparison import ROWS, Comparison, Size
from embedded_stack.errors import StackError

QUICK_ROWS = "saga,accept,latency"
QUICK = Size(rounds=3, orders=2400, seconds=4, connections=(32,), rates=(20,), own_rate=False)
FULL = Size(
    rounds=5, orders=4000, seconds=6, connections=(1, 8, 32, 128), rates=(20, 200), own_rate=True
)
BENCHMARK = "bench saga"
HEADLINE = "orders to their end, 32 connections"


def main(
    quick: Annotated[bool, typer.Option(help="Measure the headline rows only: 4 minutes.")] = False,
    rows: Annotated[str, typer.Option(help=f"The rows, with commas: {', '.join(ROWS)}.")] = "",
    rounds: Annotated[int, typer.Option(min=0, help="Rounds; 0 means the default.")] = 0,
    ours_env: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A variable of our processes; repeatable."),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="The file to write the results to.")] = None,
) -> None:
    """Compares our shop with the same shop in Go."""
    chosen = (rows or (QUICK_ROWS if quick else ",".join(ROWS))).split(",")
    if unknown := [row for row in chosen if row not in ROWS]:
        sys.exit(f"bench saga: there are no rows {', '.join(unknown)}; there are {', '.join(ROWS)}")
    settings = dict(word.partition("=")[::2] for word in ours_env or [])
    if not all(name and value for name, value in settings.items()):
        sys.exit("bench saga: --ours-env takes NAME=VALUE")
    size = QUICK if quick else FULL
    size = size.with_rounds(rounds) if rounds else size
    # Without this, SIGTERM would end the process without ending its children.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench saga: terminated"))
    results = Results(
        benchmark=BENCHMARK,
        settings={
            **{f"ours: {name}": value for name, value in settings.items()},
            "cores": str(os.cpu_count()),
            "load average at the start": f"{os.getloadavg()[0]:.2f}",
            "rounds": str(size.rounds),
        },
    )
    os.environ.update(settings)
    try:
        with ExitStack() as opened:
            opened.enter_context(alone())
            tell("building the peer")
            binaries = go.build()
            comparison = Comparison(results, size, chosen, binaries, tuple(settings), tell)
            comparison.run()
    except (RuntimeError, TimeoutError, StackError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench saga: {error}")
    finally:
        if json and results.rows:
            results.save(json)
    print_table(results, results.subjects)
    row = results.row(HEADLINE) or results.rows[0]
    ratio = row.ratio(OURS, "go")
    compared = f"{OURS} ÷ go {ratio:.2f}" if ratio else "not compared"
    tell(f"done: {row.name}: {compared}" + (f"; results in {json}" if json else ""))


if __name__ == "__main__":
    typer.run(main)
