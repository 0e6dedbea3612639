"""The command line: `embedded-stack`, or `python -m embedded_stack`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import stamina
import typer

from embedded_stack._commands import control, execution, foreground, table, tokens
from embedded_stack._issuer.tokens import EXPIRES_SECONDS
from embedded_stack._plan.settings import Settings, load
from embedded_stack._supervisor.console import Console
from embedded_stack.errors import StackError
from embedded_stack.topology import load_topology

SETTINGS = (
    "Settings come from the environment: STACK_FOLDER, STACK_CACHE, STACK_MAVEN_REPOSITORY, "
    "STACK_KAFKA_PORT and so on for each part (0 takes any free port), STACK_PORTS=free (any free ports). "
    "Servers that KAFKA_BOOTSTRAP_SERVERS, SCHEMA_REGISTRY_URL or a service's …_DATABASE_URL name are used, not started."
)
TOKENS = (
    'Send it as a header: curl -H "Authorization: Bearer $(embedded-stack token USER)" …, or paste it where a page asks '
    "for it. The issuer is for development only: it asks nobody for a password."
)
app = typer.Typer(
    help="PostgreSQL, Kafka, a schema registry and services, on this machine.\n\n" + SETTINGS,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

CANNOT_RUN = 2
"""The exit code of `exec` itself; 1 is that of a command that found something wrong."""


@contextmanager
def one_line(code: int = 1) -> Iterator[None]:
    """Prints an error without a traceback, and exits with a code."""
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


@app.callback()
def options(
    context: typer.Context,
    topology: Annotated[
        Path, typer.Option(envvar="STACK_TOPOLOGY", help="The declaration of the services.")
    ] = Path("topology.toml"),
) -> None:
    """Remember the options of all commands."""
    context.obj = topology


@app.command(epilog=SETTINGS)
def up(
    context: typer.Context,
    parts: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only these servers and services, and those they need. [default: all]",
            show_default=False,
        ),
    ] = None,
    *,
    scale: Annotated[
        list[str] | None,
        typer.Option(help="Copies of services, such as web=2,worker=3.", show_default=False),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return once everything is ready.")
    ] = False,
    auth: Annotated[
        bool,
        typer.Option(
            "--auth",
            help="With access control: an issuer of tokens for development, and its settings for the services.",
        ),
    ] = False,
    ready_fd: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Start the stack; Ctrl-C stops it."""
    order = foreground.Order(parts or [], ",".join(scale or []), auth)
    with one_line():
        if detach:
            code = foreground.detach(context.obj, order)
        else:
            code = foreground.run(_settings(context), order, Console(), ready_fd)
    raise typer.Exit(code)


@app.command()
def down(context: typer.Context) -> None:
    """Stop the stack; its data stays."""
    with one_line():
        _tell(control.down(_settings(context), _tell))


@app.command()
def reset(context: typer.Context) -> None:
    """Remove all data of the stack, which must be down; the downloads stay."""
    with one_line():
        _tell(control.reset(_settings(context)))


@app.command()
def status(context: typer.Context) -> None:
    """Show processes and addresses; exits with 1 when the stack is down."""
    with one_line():
        record = control.status(_settings(context))
    Console().print(table.processes(record), table.reachable(record))


@app.command()
def migrate(context: typer.Context) -> None:
    """Apply the missing migrations to the services' databases, which must be up."""
    with one_line():
        control.migrate(_settings(context))


@app.command(epilog=TOKENS)
def token(
    context: typer.Context,
    user: Annotated[str, typer.Argument(help="The user whom the token stands for.")],
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="A scope that the token grants, and no others; may be repeated.",
            show_default=False,
        ),
    ] = None,
    expires: Annotated[
        int, typer.Option(help="After how many seconds it expires; at most a day.", min=1)
    ] = EXPIRES_SECONDS,
) -> None:
    """Print an access token of a user, signed by the issuer of the running stack; needs `up --auth`."""
    with one_line():
        _tell(tokens.token(_settings(context), user, scope or None, expires))


@app.command("rotate-keys")
def rotate_keys(context: typer.Context) -> None:
    """Let the issuer of the running stack sign with a new key; tokens of the last one stay valid."""
    with one_line():
        _tell(tokens.rotate(_settings(context)))


@app.command("exec")
def exec_(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(help="What to run, after --.", metavar="COMMAND")],
) -> None:
    """Run a command with the environment of the running stack; variables that are set are kept.

    The exit code is the command's, or 2 when it could not be run.
    """
    with one_line(CANNOT_RUN):
        execution.execute(_settings(context), command)


def _settings(context: typer.Context) -> Settings:
    return load(load_topology(context.obj))


def _tell(text: str) -> None:
    Console().print(text, markup=False, emoji=False, highlight=False, soft_wrap=True)


def main() -> None:
    """Runs the command line."""
    # An error at the end lists failed attempts; stamina's own log lines would repeat them.
    stamina.instrumentation.set_on_retry_hooks(())
    app(prog_name="embedded-stack")


if __name__ == "__main__":
    main()
