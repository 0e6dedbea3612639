"""Where a running stack's services are, and tokens for them."""

from embedded_stack._commands import control, tokens
from embedded_stack._issuer.tokens import EXPIRES_SECONDS
from embedded_stack._plan.settings import load
from embedded_stack.listeners import HOST
from embedded_stack.topology import Topology

__all__ = ["access_token", "service_url"]


def service_url(topology: Topology, service: str) -> str:
    """Returns the base URL of an HTTP service of the stack that the environment's STACK_ variables name.

    Raises:
        StackError: the stack is down, or a setting is wrong.
    """
    return f"http://{HOST}:{control.status(load(topology)).ports[f'{service}_port']}"


def access_token(topology: Topology, user: str) -> str | None:
    """Returns a token of a user with all scopes; None if the stack runs without access control.

    Raises:
        StackError: the stack is down, or a setting is wrong.
    """
    settings = load(topology)
    if not control.status(settings).auth:
        return None
    return tokens.token(settings, user, None, EXPIRES_SECONDS)
