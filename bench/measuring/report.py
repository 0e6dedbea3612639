"""Tables for the terminal and for Markdown pages."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measuring.results import Results, Row
from toolchain.places import ROOT

PAGE = ROOT / "PERFORMANCE.md"

NO_PLOTS: Mapping[str, str] = {}


def print_table(results: Results, subjects: Sequence[str]) -> None:
    """Prints a table to the terminal.

    Args:
        results: the rows.
        subjects: the columns; the first one is compared with each other one.
    """
    table = Table(*_head(subjects))
    for row in results.rows:
        table.add_row(*_cells(row, subjects))
    Console(width=60 + 24 * len(subjects)).print(table)


def write_markdown(
    page: Path, results: Results, subjects: Sequence[str], plots: Mapping[str, str] = NO_PLOTS
) -> None:
    """Replaces the table and the plots between `<!-- NAME: begin -->` and `<!-- NAME: end -->` in a page.

    Args:
        page: the Markdown file; NAME is the benchmark's.
        results: the rows.
        subjects: the columns; the first one is compared with each other one.
        plots: title → path of an image, relative to the page.

    Raises:
        ValueError: the page doesn't have the two markers.
    """
    head = _head(subjects)
    lines = [head, ["---", "---", *["--:"] * (len(head) - 2)]]
    lines += [_cells(row, subjects) for row in results.rows]
    parts = ["\n".join("| " + " | ".join(cells) + " |" for cells in lines)]
    if results.settings:
        parts.append("; ".join(f"{name}: {value}" for name, value in results.settings.items()))
    parts += [f"![{title}]({path})" for title, path in plots.items()]
    block = "\n\n".join(parts)
    replace_block(page, results.benchmark, block)


def replace_block(page: Path, name: str, block: str) -> None:
    """Replaces what is between `<!-- NAME: begin -->` and `<!-- NAME: end -->` in a page.

    Raises:
        ValueError: the page doesn't have the two markers.
    """
    begin, end = (f"<!-- {name}: {place} -->" for place in ("begin", "end"))
    text = page.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        raise ValueError(f"{page} needs the lines {begin} and {end}")
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    page.write_text(f"{before}{begin}\n{block}\n{end}{after}", encoding="utf-8")


def number(value: float | None) -> str:
    """Formats a number with about three significant digits."""
    if value is None:
        return "-"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def _head(subjects: Sequence[str]) -> list[str]:
    subject, *peers = subjects
    return ["", "unit", *subjects, *(f"{subject} ÷ {peer}" for peer in peers)]


def _cells(row: Row, subjects: Sequence[str]) -> list[str]:
    subject, *peers = subjects
    ratios = [row.ratio(subject, peer) for peer in peers]
    return [
        row.name,
        row.unit,
        *(number(row.median(name)) for name in subjects),
        *("-" if ratio is None else f"{ratio:.2f}" for ratio in ratios),
    ]
