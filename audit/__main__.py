"""The audit command: checks the invariants of the money in both databases. `python -m audit`."""

import asyncio
import sys
from datetime import timedelta
from typing import Annotated

import typer
from psycopg import Error
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn
from rich.text import Text

from audit.findings import Findings
from audit.money import audit
from audit.snapshots import Databases, open_snapshots
from transactional_grpc.settings import SettingsError, load

BROKEN, CANNOT_AUDIT = 1, 2
"""Exit codes: an invariant is violated; the audit could not run."""
SETTLED_AFTER_SECONDS = 3600


def command(
    settled_after: Annotated[
        int,
        typer.Option(
            min=0, metavar="SECONDS", help="How long an order or a cancellation may be in progress."
        ),
    ] = SETTLED_AFTER_SECONDS,
) -> None:
    """Check orders, payment decisions, debits, refunds and balances against each other. Reads only.

    Reads ORDERS_DATABASE_URL and PAYMENTS_DATABASE_URL. The services may run meanwhile: orders in progress are no
    error. Exits with 0 if all invariants hold, 1 if one is violated, 2 if the audit could not run.
    """
    try:
        findings = asyncio.run(_audit(load(Databases), timedelta(seconds=settled_after)))
    except (Error, SettingsError, ValueError) as error:
        print(f"audit: {' '.join(str(error).split())}", file=sys.stderr)
        raise typer.Exit(CANNOT_AUDIT) from None
    _print(findings)
    if findings.broken:
        raise typer.Exit(BROKEN)


async def _audit(databases: Databases, settled_after: timedelta) -> Findings:
    columns = (SpinnerColumn(), "accounts and orders:", MofNCompleteColumn(), TimeElapsedColumn())
    async with open_snapshots(databases) as snapshots:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("", total=None)
            return await audit(snapshots, settled_after, lambda: progress.advance(task))


def _print(findings: Findings) -> None:
    console = Console()
    for subject, count in findings.checked.items():
        console.print(f"{subject}: {count}", highlight=False, soft_wrap=True)
    if not findings.broken:
        console.print("all invariants hold")
        return
    # Plain lines, because a table cuts ids in a narrow terminal and can't be searched by line.
    for invariant, count in findings.broken.items():
        shown = findings.shown[invariant]
        more = [f"and {count - len(shown)} more"] if count > len(shown) else []
        console.print(
            Text(f"violated: {invariant}, {count} times"), style="bold red", soft_wrap=True
        )
        for line in (*shown, *more):
            console.print(Text(f"  {line}"), soft_wrap=True)
    console.print(
        "invariants of the money are violated: look for these orders in `./justw events list`, and "
        "correct the rows by hand before anything is replayed",
        soft_wrap=True,
    )


if __name__ == "__main__":
    typer.run(command)
