"""Where a running stack's services are."""

from embedded_stack._commands import control
from embedded_stack._plan.settings import load
from embedded_stack.listeners import HOST
from embedded_stack.topology import Topology

__all__ = ["service_url"]


def service_url(topology: Topology, service: str) -> str:
    """Returns the base URL of an HTTP service of the stack that the environment's STACK_ variables name.

    Raises:
        StackError: the stack is down, or a setting is wrong.
    """
    return f"http://{HOST}:{control.status(load(topology)).ports[f'{service}_port']}"
