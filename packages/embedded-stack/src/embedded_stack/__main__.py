"""`python -m embedded_stack`: the embedded stack on this machine."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import stamina
import typer

from embedded_stack._commands import client, control, foreground, table
from embedded_stack._plan.settings import Part, load
from embedded_stack._supervisor.console import Console
from embedded_stack.errors import StackError

SETTINGS = (
    "Settings come from the environment: STACK_FOLDER, STACK_CACHE, STACK_MAVEN_REPOSITORY, "
    "STACK_GATEWAY_PORT and so on (0 takes any free port), STACK_PORTS=free (any free ports). A part whose own setting is given, such "
    "as KAFKA_BOOTSTRAP_SERVERS, SCHEMA_REGISTRY_URL or ORDERS_DATABASE_URL, is used, not started."
)
app = typer.Typer(
    help="PostgreSQL, Kafka, a schema registry and the three services, on this machine.\n\n"
    + SETTINGS,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()

CANNOT_RUN = 2
"""The exit code of `exec` itself; 1 is that of a command that found something wrong."""


@contextmanager
def one_line(code: int = 1) -> Iterator[None]:
    """Says what is wrong without a traceback, and exits with a code."""
    try:
        yield
    except StackError as error:
        reason = str(error)
    except OSError as error:
        reason = f"{error.filename or 'the system'}: {error.strerror}"
    else:
        return
    print(f"stack: {reason}", file=sys.stderr)
    raise typer.Exit(code)


@app.command(epilog=SETTINGS)
def up(
    parts: Annotated[
        list[Part] | None,
        typer.Argument(help="Only these, and what they need. [default: all]", show_default=False),
    ] = None,
    *,
    scale: Annotated[
        list[str] | None,
        typer.Option(help="Copies of services, such as orders=2,payments=3.", show_default=False),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return once everything is ready.")
    ] = False,
    ready_fd: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Start the stack; Ctrl-C stops it."""
    order = foreground.Order(parts or list(Part), ",".join(scale or []))
    with one_line():
        code = (
            foreground.detach(order) if detach else foreground.run(load(), order, console, ready_fd)
        )
    raise typer.Exit(code)


@app.command()
def down() -> None:
    """Stop the stack; its data stays."""
    with one_line():
        _tell(control.down(load(), _tell))


@app.command()
def reset() -> None:
    """Remove all data of the stack, which must be down; the downloads stay."""
    with one_line():
        _tell(control.reset(load()))


@app.command()
def status() -> None:
    """Show what runs and where it is; exits with 1 when the stack is down."""
    with one_line():
        record = control.status(load())
    console.print(table.processes(record), table.reachable(record))


@app.command()
def migrate() -> None:
    """Bring the services' databases to the newest schema; they must be up."""
    with one_line():
        control.migrate(load())


@app.command("exec")
def exec_(
    command: Annotated[list[str], typer.Argument(help="What to run, after --.", metavar="COMMAND")],
) -> None:
    """Run a command with the environment of the running stack; variables that are set are kept.

    The exit code is the command's, or 2 when it could not be run.
    """
    with one_line(CANNOT_RUN):
        client.run(load(), command)


def _tell(news: str) -> None:
    console.print(news, markup=False, emoji=False, highlight=False, soft_wrap=True)


def main() -> None:
    """Runs the command line."""
    # The error at the end says what a person has to know about failed attempts.
    stamina.instrumentation.set_on_retry_hooks(())
    app(prog_name="embedded-stack")


if __name__ == "__main__":
    main()
