"""The error reasons of a file, as the template of the generated module needs them."""

from dataclasses import dataclass

from google.protobuf.descriptor import FileDescriptor

from protoc_plugin_kit.contracts import ContractError, Contracts
from rpc_contract.generator.reasons import ENUM_OPTION, Reason, domain_of, reasons_of


@dataclass(frozen=True)
class ErrorModule:
    """The content of a generated `*_errors.py` module."""

    domain: str
    """The domain of the gateway that returns these errors; empty for errors of services."""
    reasons: tuple[Reason, ...]

    @property
    def bounds(self) -> dict[str, int]:
        """The bounds in the messages of the reasons, by the names of their constants."""
        return {
            f"{reason.name}_{name.upper()}": bound
            for reason in self.reasons
            for name, bound in reason.bounds.items()
        }


def error_module_of(contracts: Contracts, file: FileDescriptor) -> ErrorModule | None:
    """Returns the error reasons of a file in the contract's order, or None if it has none.

    Raises:
        ContractError: A reason is wrong, or the enums of the file have several domains.
    """
    found = {enum: reasons_of(contracts, enum) for enum in file.enum_types_by_name.values()}
    domains = {domain_of(contracts, enum) for enum, reasons in found.items() if reasons}
    if len(domains) > 1:
        raise ContractError(f"{file.name}: ({ENUM_OPTION}).domain must be the same in each enum")
    reasons = tuple(reason for some in found.values() for reason in some)
    return ErrorModule(domains.pop(), reasons) if reasons else None
