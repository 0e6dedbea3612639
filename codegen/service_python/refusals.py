"""A file's error reasons, as the generated module needs them."""

from dataclasses import dataclass

from google.protobuf.descriptor import FileDescriptor

from codegen.protoc_plugin import ContractError, Contracts
from codegen.reasons import ENUM_OPTION, Reason, domain_of, reasons_of


@dataclass(frozen=True)
class Refusals:
    """What a module of refusals holds."""

    domain: str
    """The gateway's whose own reasons these are; empty when services answer them."""
    reasons: tuple[Reason, ...]

    @property
    def bounds(self) -> dict[str, int]:
        """The bounds that the reasons tell, by the names of their constants."""
        return {
            f"{reason.name}_{name.upper()}": bound
            for reason in self.reasons
            for name, bound in reason.bounds.items()
        }


def refusals_of(contracts: Contracts, file: FileDescriptor) -> Refusals | None:
    """Returns what the file's enums say, in the contract's order; None when that is nothing."""
    found = {enum: reasons_of(contracts, enum) for enum in file.enum_types_by_name.values()}
    domains = {domain_of(contracts, enum) for enum, reasons in found.items() if reasons}
    if len(domains) > 1:
        raise ContractError(f"{file.name}: ({ENUM_OPTION}).domain must be the same in each enum")
    reasons = tuple(reason for some in found.values() for reason in some)
    return Refusals(domains.pop(), reasons) if reasons else None
