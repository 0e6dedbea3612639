"""Puts the results of benchmarks into PERFORMANCE.md.

`./justw bench performance saga.json gateway.json` replaces the table of each benchmark, between its markers, and draws
the plots into `docs/performance/`. The files are those of `./justw bench saga --json saga.json` and its like.
"""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bench.measuring.plot import bars, lines
from bench.measuring.report import PAGE, write_markdown
from bench.measuring.results import Results
from toolchain.places import ROOT

PLOTS = ROOT / "docs" / "performance"
SERIES_TITLE = "Memory in MiB"


def main(files: Annotated[list[Path], typer.Argument(help="Files that --json wrote.")]) -> None:
    """Fills PERFORMANCE.md."""
    for file in files:
        try:
            results = Results.load(file)
            write_markdown(PAGE, results, results.subjects, plots(results))
        except (OSError, ValidationError, ValueError) as error:
            sys.exit(f"bench performance: {file}: {error}")
        print(f"{PAGE.name} has the table and the plots of {results.benchmark} now")


def plots(results: Results) -> dict[str, str]:
    """Draws the charts of a benchmark and returns title → path, relative to the page."""
    PLOTS.mkdir(parents=True, exist_ok=True)
    drawn = {}
    for chart in dict.fromkeys(row.chart for row in results.rows if row.chart):
        rows = [row for row in results.rows if row.chart == chart]
        subjects = [name for name in results.subjects if any(name in row.values for row in rows)]
        path = PLOTS / f"{_slug(results.benchmark)}-{_slug(chart)}.svg"
        bars(path, chart, rows, subjects)
        drawn[chart] = path.relative_to(PAGE.parent).as_posix()
    if results.series:
        path = PLOTS / f"{_slug(results.benchmark)}.svg"
        lines(path, SERIES_TITLE, results.series)
        drawn[SERIES_TITLE] = path.relative_to(PAGE.parent).as_posix()
    return drawn


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


if __name__ == "__main__":
    typer.run(main)
