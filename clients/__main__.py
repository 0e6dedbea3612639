"""The clients command: generates clients and plays a story with each. `./justw clients`."""

from contextlib import ExitStack
from typing import Annotated
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from rich.markup import escape

from clients.go import GoSwagger, OapiCodegen
from clients.jvm import Java, Kotlin
from clients.language import Language, Name
from clients.python import Python
from clients.run import BUILDS, Outcome, Run
from clients.system import System, own_system, system_at
from clients.table import remarks, table
from clients.typescript import TypeScript
from embedded_stack.errors import StackError

LANGUAGES: list[Language] = [Python(), TypeScript(), OapiCodegen(), GoSwagger(), Java(), Kotlin()]


def main(
    languages: Annotated[
        list[Name] | None,
        typer.Argument(help="The languages; all by default."),
    ] = None,
    url: Annotated[
        str,
        typer.Option(
            help="The gateway of the running stack, which is up with --auth; a stack of its own by default."
        ),
    ] = "",
) -> None:
    """Generate clients from the documents, compile them and pay an order with each.

    Exits with 1 if a step fails.
    """
    chosen = [language for language in LANGUAGES if language.name in (languages or Name)]
    console = Console()
    try:
        with ExitStack() as opened:
            if not url:
                console.print("starting the system on free ports", highlight=False)
            system = system_at(url) if url else opened.enter_context(own_system())
            outcomes = [_run(language, system, console) for language in chosen]
    except StackError as error:
        console.print(f"[red]✗[/] {error}", highlight=False)
        raise typer.Exit(1) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = escape(f"{url or 'the gateway'}: {error}")
        console.print(f"[red]✗[/] {reason}; is the system running?", highlight=False)
        raise typer.Exit(1) from None
    console.print(table(outcomes))
    for remark in remarks(outcomes):
        console.print(remark, highlight=False, soft_wrap=True)
    raise typer.Exit(any(outcome.failed for outcome in outcomes))


def _run(language: Language, system: System, console: Console) -> Outcome:
    user = str(uuid4())
    run = Run(system.download(BUILDS), (system.url, user, system.token_of(user)))
    title = f"{language.name}, {language.generator}"
    if console.is_terminal:
        with console.status(title) as status:
            return run.run(language, lambda step: status.update(f"{title}: {step}"))
    return run.run(language, lambda step: console.print(f"{title}: {step}", highlight=False))


if __name__ == "__main__":
    typer.run(main)
