"""Error reasons: enum values that carry (rpc_contract.v1.error)."""

import json
import keyword
import string
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, EnumValueDescriptor

from protoc_plugin_kit.contracts import ContractError, Contracts
from protoc_plugin_kit.modules import module_name

OPTIONS_FILE = "rpc_contract/v1/contract.proto"
NAMES_IN_FUNCTIONS = {"ServiceError", "StatusCode", "str"}
"""The names that a generated function uses; a parameter of the same name would shadow one."""
ERROR_OPTION = "rpc_contract.v1.error"
ENUM_OPTION = "rpc_contract.v1.reasons"


@dataclass(frozen=True)
class Reason:
    """An error reason and the error that it stands for."""

    name: str
    file: str
    """The path of the proto file, as import statements spell it."""
    place: str
    """The place in the contract: `file:line: full name`."""
    comment: str
    code: int
    code_name: str
    message: str
    parameters: tuple[str, ...]
    """The names of the `{…}` in the message."""
    literal: str
    """The message as a Python literal; an f-string's if there are parameters."""
    http_status: int | None
    """None if it is the usual one of the code."""
    operations: str
    """The rpc_contract.v1.Error.Operations that return it; empty if methods name the reason."""
    bounds: dict[str, int]
    """The values of those parameters that are constants in the contract."""

    @property
    def module(self) -> str:
        """The dotted name of the module that protoc-gen-errors-python generates from the file."""
        return module_name(self.file, "_errors")

    @property
    def function(self) -> str:
        """The name of the generated function; `_` follows a Python keyword."""
        name = self.name.lower()
        return f"{name}_" if keyword.iskeyword(name) else name


def is_of_gateway(contracts: Contracts, enum: EnumDescriptor) -> bool:
    """Tells whether a gateway returns the errors of an enum, and no service does."""
    return _has_options(enum) and bool(contracts.option(enum, ENUM_OPTION).gateway)


def reasons_of(contracts: Contracts, enum: EnumDescriptor) -> list[Reason]:
    """Returns an enum's error reasons, in the contract's order.

    Raises:
        ContractError: A declaration is invalid; the text names file and line.
    """
    if not _has_options(enum):
        return []
    of_gateway = is_of_gateway(contracts, enum)
    return [
        _reason(contracts, value, rule, of_gateway=of_gateway)
        for value in enum.values
        if (rule := contracts.option(value, ERROR_OPTION)).ByteSize()
    ]


def reasons_of_package(contracts: Contracts, package: str) -> dict[str, Reason]:
    """Returns the error reasons of a package's services by name; those of a gateway are left out.

    Raises:
        ContractError: A declaration is invalid; the text names file and line.
    """
    files = (
        contracts.pool.FindFileByName(proto.name)
        for proto in contracts.request.proto_file
        if proto.package == package
    )
    return {
        reason.name: reason
        for file in files
        for enum in file.enum_types_by_name.values()
        if not is_of_gateway(contracts, enum)
        for reason in reasons_of(contracts, enum)
    }


def _has_options(enum: EnumDescriptor) -> bool:
    files = {enum.file.name, *(file.name for file in enum.file.dependencies)}
    return OPTIONS_FILE in files


def _reason(
    contracts: Contracts, value: EnumValueDescriptor, rule: Any, *, of_gateway: bool
) -> Reason:
    full_name = f"{value.type.full_name}.{value.name}"
    place = contracts.at(full_name)
    if not rule.code:
        raise ContractError(f"{place}: ({ERROR_OPTION}).code is missing")
    parameters = _parameters(place, rule.message)
    return Reason(
        name=value.name,
        file=value.type.file.name,
        place=place,
        comment=contracts.comments.get(full_name, rule.message),
        code=rule.code,
        code_name=_name(rule, "code"),
        message=rule.message,
        parameters=parameters,
        literal=json.dumps(
            rule.message if parameters else rule.message.format(), ensure_ascii=False
        ),
        http_status=_http_status(place, rule.http_status, of_gateway=of_gateway),
        operations=_name(rule, "operations") if rule.operations else "",
        bounds=_bounds(place, rule.bounds, parameters),
    )


def _name(rule: Any, field: str) -> str:
    values = rule.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number
    return str(values[getattr(rule, field)].name)


def _parameters(place: str, message: str) -> tuple[str, ...]:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(message) if name is not None]
    except ValueError as error:
        raise ContractError(f"{place}: ({ERROR_OPTION}).message: {error}") from None
    if not all(name.isidentifier() and not keyword.iskeyword(name) for name in names):
        raise ContractError(f"{place}: ({ERROR_OPTION}).message: every {{…}} must contain a name")
    if used := sorted(NAMES_IN_FUNCTIONS.intersection(names)):
        raise ContractError(
            f"{place}: ({ERROR_OPTION}).message: {{{used[0]}}} shadows a name that the generated function uses"
        )
    return tuple(dict.fromkeys(names))


def _http_status(place: str, status: int, *, of_gateway: bool) -> int | None:
    field = f"({ERROR_OPTION}).http_status"
    if not status:
        return None
    if not of_gateway:
        raise ContractError(
            f"{place}: {field}: the response of a gRPC service has no HTTP status; "
            f"an enum of a gateway's errors has `option ({ENUM_OPTION}) = {{gateway: true}}`"
        )
    if status not in {error for error in HTTPStatus if error >= HTTPStatus.BAD_REQUEST}:
        raise ContractError(f"{place}: {field}: {status} is not the status of an HTTP error")
    return status


def _bounds(place: str, given: Any, parameters: tuple[str, ...]) -> dict[str, int]:
    field = f"({ERROR_OPTION}).bounds"
    for name, bound in sorted(given.items()):
        if name not in parameters:
            raise ContractError(f"{place}: {field}: the message has no {{{name}}}")
        if bound <= 0:
            raise ContractError(f"{place}: {field}: {name} must be above 0, not {bound}")
    return {name: given[name] for name in parameters if name in given}
