"""The gateway that a file of the contracts declares: `option (grpc_gateway_python.v1.gateway)`."""

from typing import Final

from protoc_plugin_kit.contracts import ContractError, Contracts

OPTION: Final = "grpc_gateway_python.v1.gateway"


def declared_domain(contracts: Contracts) -> str:
    """Returns the domain of the declared gateway, empty if no file declares one.

    Raises:
        ContractError: The declaration has no domain, or two files declare a gateway.
    """
    files = [file for file in contracts.files if contracts.sets(file, OPTION)]
    if not files:
        return ""
    if len(files) > 1:
        raise ContractError(f"{files[1].name}: {files[0].name} has option ({OPTION}) already")
    domain = str(contracts.option(files[0], OPTION).domain)
    if not domain:
        raise ContractError(f"{files[0].name}: ({OPTION}).domain is missing")
    return domain
