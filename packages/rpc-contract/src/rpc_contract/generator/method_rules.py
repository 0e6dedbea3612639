"""The option (rpc_contract.v1.method)."""

from typing import Any

from google.protobuf.descriptor import MethodDescriptor

from protoc_plugin_kit.contracts import Contracts

METHOD_OPTION = "rpc_contract.v1.method"


def method_rules_of(contracts: Contracts, method: MethodDescriptor) -> Any | None:
    """Returns the rpc_contract.v1.MethodRules of a method, or None if the method has none."""
    if not contracts.sets(method, METHOD_OPTION):
        return None
    return contracts.option(method, METHOD_OPTION)
