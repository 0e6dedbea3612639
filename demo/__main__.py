"""`just demo`: plays the whole story against a running system and says whether it went well."""

from pathlib import Path
from typing import Annotated

import httpx
import stamina
import typer
from rich.console import Console

from demo.rest import RestError
from demo.story import Story, StoryError
from embedded_stack.client import service_url
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


def main(
    url: Annotated[
        str, typer.Option(envvar="GATEWAY_URL", help="Where the gateway is. [default: the stack's]")
    ] = "",
) -> None:
    """Opens an account, tops it up, orders, and checks every answer; exits with 1 if one is wrong."""
    console = Console()
    stamina.instrumentation.set_on_retry_hooks(())  # a step waits, and that is no news
    try:
        url = url or stack_url()
        # A proxy of the caller's can't reach loopback here.
        with httpx.Client(base_url=url, timeout=REQUEST_SECONDS_MAX, trust_env=False) as http:
            for done, outcome in Story(http).play():
                step = f"[green]✓[/] {done}: [bold]{outcome}[/]"
                console.print(step, highlight=False, soft_wrap=True)
    except StackError as error:
        console.print(f"[red]✗[/] {error}: `./justw up` starts it", highlight=False)
        raise typer.Exit(1) from None
    except httpx.HTTPError as error:
        console.print(f"[red]✗[/] no answer from {url} ({error}); is the system up? `./justw up`")
        raise typer.Exit(1) from None
    except (StoryError, RestError) as error:
        console.print(f"[red]✗[/] {error}", highlight=False)
        raise typer.Exit(1) from None
    console.print("Everything went as the contracts say. Look around: " + f"{url}/docs")


if __name__ == "__main__":
    typer.run(main)
