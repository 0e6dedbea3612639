"""The demo command: plays a whole order against a running system. `./justw demo`."""

from pathlib import Path
from typing import Annotated

import httpx
import stamina
import typer
from rich.console import Console
from rich.markup import escape

from demo.expectations import StoryError
from demo.rest import RestError
from demo.story import Story
from embedded_stack.client import access_token, service_url
from embedded_stack.errors import StackError
from embedded_stack.topology import load_topology

REQUEST_SECONDS_MAX = 10.0
TOPOLOGY = Path(__file__).resolve().parents[1] / "topology.toml"


def stack_url() -> str:
    """Returns the URL of the gateway of the stack on this machine.

    Raises:
        StackError: the stack is down.
    """
    return service_url(load_topology(TOPOLOGY), "gateway")


def stack_token(user: str) -> str | None:
    """Returns a user's access token for the stack on this machine; None if it has no access control.

    Raises:
        StackError: the stack is down.
    """
    return access_token(load_topology(TOPOLOGY), user)


def no_token(_: str) -> None:
    """Returns no token: only the stack's own issuer gives one without asking for a password."""


def main(
    url: Annotated[
        str,
        typer.Option(envvar="GATEWAY_URL", help="The URL of the gateway. [default: the stack's]"),
    ] = "",
) -> None:
    """Create an account, top it up, order, and check every response. Exits with 1 if one is wrong."""
    console = Console()
    stamina.instrumentation.set_on_retry_hooks(
        ()
    )  # stamina would log every retry of a step that waits
    try:
        token_of = no_token if url else stack_token
        url = url or stack_url()
        # The caller's proxy can't reach this machine's loopback.
        with httpx.Client(base_url=url, timeout=REQUEST_SECONDS_MAX, trust_env=False) as http:
            for name, outcome in Story(http, token_of).play():
                step = f"[green]✓[/] {name}: [bold]{outcome}[/]"
                console.print(step, highlight=False, soft_wrap=True)
    except StackError as error:
        console.print(f"[red]✗[/] {error}: `./justw up` starts it", highlight=False)
        raise typer.Exit(1) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = escape(f"no response from {url} ({error})")
        console.print(f"[red]✗[/] {reason}; is the system running? `./justw up` starts it")
        raise typer.Exit(1) from None
    except (StoryError, RestError) as error:
        console.print(f"[red]✗[/] {escape(f'{url}: {error}')}", highlight=False)
        raise typer.Exit(1) from None
    console.print(f"Everything went as the contracts say. All routes are at {url}/docs")


if __name__ == "__main__":
    typer.run(main)
