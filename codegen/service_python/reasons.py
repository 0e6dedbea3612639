"""Error reasons: enum values that carry (shop.options.v1.refusal)."""

import string
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import FileDescriptor

from codegen.protoc_plugin import ContractError, Contracts

OPTION = "shop.options.v1.refusal"


@dataclass(frozen=True)
class Reason:
    """One error reason and the function that makes its refusal."""

    name: str
    comment: str
    code: str
    message: str
    parameters: tuple[str, ...]

    @property
    def function(self) -> str:
        """The name of the function that makes the refusal."""
        return self.name.lower()


def reasons_of(contracts: Contracts, file: FileDescriptor) -> list[Reason]:
    """Returns the file's error reasons, in the contract's order."""
    if "shop/options/v1/options.proto" not in {each.name for each in file.dependencies}:
        return []
    return [
        _reason(contracts, f"{enum.full_name}.{value.name}", value, rule)
        for enum in file.enum_types_by_name.values()
        for value in enum.values
        if (rule := contracts.option(value, OPTION)).ByteSize()
    ]


def _reason(contracts: Contracts, place: str, value: Any, rule: Any) -> Reason:
    if not rule.code:
        raise ContractError(f"{place}: ({OPTION}).code is missing")
    try:
        parameters = [
            name for _, name, _, _ in string.Formatter().parse(rule.message) if name is not None
        ]
    except ValueError as error:
        raise ContractError(f"{place}: ({OPTION}).message: {error}") from None
    if not all(name.isidentifier() for name in parameters):
        raise ContractError(f"{place}: ({OPTION}).message: each {{…}} must hold a name")
    code = rule.DESCRIPTOR.fields_by_name["code"].enum_type.values_by_number[rule.code].name
    return Reason(
        name=value.name,
        comment=contracts.comments.get(place, value.name),
        code=code,
        message=rule.message,
        parameters=tuple(dict.fromkeys(parameters)),
    )
