"""The parameter of the plugin, given as `opt` in buf.gen.yaml."""

from typing import Final

from protoc_plugin_kit.contracts import ContractError

OPTIONAL: Final = "access=optional"
REQUIRED: Final = "access=required"


def is_access_required(parameter: str) -> bool:
    """Tells whether every method must declare who may call it; by default none must.

    Raises:
        ContractError: The parameter is unknown.
    """
    if parameter not in {"", OPTIONAL, REQUIRED}:
        raise ContractError(f"unknown option {parameter!r}; there are {OPTIONAL} and {REQUIRED}")
    return parameter == REQUIRED
