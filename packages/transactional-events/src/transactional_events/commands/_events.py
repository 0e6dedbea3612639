"""The commands for undeliverable events."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from transactional_events.commands._errors import one_line
from transactional_events.dead_letters import UndeliverableEvent
from transactional_events.dead_letters._undeliverable import choose, databases, find, replay_all
from transactional_events.kafka import kafka_settings
from transactional_events.streams import Stream

app = typer.Typer(
    no_args_is_help=True,
    help="Show and replay events that were parked or dead-lettered. The services' databases are "
    "those that the environment names: <SERVICE>_DATABASE_URL.",
)
LINE_WIDTH_MAX = 1000
Names = Annotated[list[str], typer.Argument(help="Names, as `list` shows them.")]


@app.command("list")
def list_(context: typer.Context) -> None:
    """List the undeliverable events."""
    with one_line():
        found = asyncio.run(_find(context.obj))
    print_list(found, Console())


@app.command()
def show(context: typer.Context, names: Names) -> None:
    """Show events, decoded where they can be."""
    with one_line():
        chosen = choose(asyncio.run(_find(context.obj)), names)
    for event in chosen:
        print(
            f"{event.name}: {event.where}, key {event.key or 'none'}: {event.reason}\n{event.text}"
        )


@app.command()
def replay(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Names, as `list` shows them.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Send events again, as they were, to the topics that every consumer group reads.

    A group that has handled an event ignores it, as long as the event's inbox row is kept: for the topic's retention
    and 24 hours.
    """
    with one_line():
        count = asyncio.run(_replay(context.obj, names or [], all_=all_))
    print(f"replayed: {count}")


async def _find(streams: Sequence[Stream]) -> list[UndeliverableEvent]:
    return await find(streams, kafka_settings(), databases())


async def _replay(streams: Sequence[Stream], names: list[str], *, all_: bool) -> int:
    found = await _find(streams)
    chosen = found if all_ else choose(found, names)
    await replay_all(chosen, kafka_settings(), databases())
    return len(chosen)


def print_list(found: Sequence[UndeliverableEvent], console: Console) -> None:
    """Prints a table of events; keys and ids are whole: folded on a terminal, else on one line."""
    if not console.is_terminal:
        console.width = LINE_WIDTH_MAX
    columns = [Column(title, overflow="fold") for title in ("Where", "Key", "Reason")]
    table = Table(Column("Name", no_wrap=True), *columns)
    for event in found:
        # What others wrote is text, not markup.
        table.add_row(*map(Text, (event.name, event.where, event.key, event.reason)))
    console.print(table if found else "there is no undeliverable event")
