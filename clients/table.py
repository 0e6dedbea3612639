"""The table of steps and clients, which fits a terminal of 80 columns."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from clients.run import STEPS, Outcome


def table(outcomes: Sequence[Outcome]) -> Table:
    """Returns a row for each step, and a column for each client."""
    names = [outcome.language.name for outcome in outcomes]
    found = Table("", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for outcome in outcomes:
        name, generator = outcome.language.name, outcome.language.generator
        found.add_column(f"{name}\n{generator}" if names.count(name) > 1 else name)
    for step in STEPS:
        found.add_row(step, *(_cell(outcome, step) for outcome in outcomes))
    return found


def _cell(outcome: Outcome, step: str) -> str:
    if step in outcome.passed:
        return "[green]✓[/]"
    return "[red]✗[/]" if step == outcome.failed else ""


def remarks(outcomes: Sequence[Outcome]) -> list[str]:
    """Returns a line for each client that failed, with the place of the log."""
    return [
        f"[red]✗[/] {outcome.language.name}, {outcome.language.generator} failed at '{outcome.failed}': see {outcome.log}"
        for outcome in outcomes
        if outcome.failed
    ]
