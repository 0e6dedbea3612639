"""The values that the template of a generated `*_errors.py` module inserts."""

from dataclasses import dataclass

from google.protobuf.descriptor import FileDescriptor

from protoc_plugin_kit.contracts import Contracts
from rpc_contract.generator.reasons import Reason, reasons_of


@dataclass(frozen=True)
class ErrorModule:
    """The content of a generated `*_errors.py` module."""

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
        ContractError: A declaration is invalid; the text names file and line.
    """
    enums = file.enum_types_by_name.values()
    reasons = tuple(reason for enum in enums for reason in reasons_of(contracts, enum))
    return ErrorModule(reasons) if reasons else None
