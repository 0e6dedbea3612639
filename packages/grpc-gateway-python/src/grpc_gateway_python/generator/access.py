"""The access rules of methods, and the domains of their services' errors."""

from google.protobuf.descriptor import MethodDescriptor

from grpc_gateway_python.generator.names import Names
from protoc_plugin_kit.contracts import Contracts
from rpc_contract.generator import Reason, access_expression, access_of, required_access_of

SERVICE_OPTION = "rpc_contract.v1.service"


class AccessCode:
    """Generates what operations of one module say about access."""

    def __init__(self, contracts: Contracts, names: Names, *, required: bool) -> None:
        self._contracts = contracts
        self._names = names
        self._rule_of = required_access_of if required else access_of

    def expression(self, method: MethodDescriptor) -> str:
        """Returns the expression of a method's access rule, empty if the contract declares none.

        Raises:
            ContractError: The rule is invalid, or it is required and missing.
        """
        rule = self._rule_of(self._contracts, method)
        if rule is None:
            return ""
        self._names.runtime("Access")
        return access_expression(rule, self._error_function)

    def domain(self, method: MethodDescriptor) -> str:
        """Returns the domain of the service's errors, empty if the contract declares none."""
        service = method.containing_service
        if not self._contracts.sets(service, SERVICE_OPTION):
            return ""
        return str(self._contracts.option(service, SERVICE_OPTION).domain)

    def _error_function(self, reason: Reason) -> str:
        return f"{self._names.module(reason.module)}.{reason.function}"
