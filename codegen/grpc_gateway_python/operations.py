"""The HTTP operations of the services, checked against their messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import inflection
from google.protobuf.descriptor import (
    FieldDescriptor,
    FileDescriptor,
    MethodDescriptor,
    ServiceDescriptor,
)

from codegen.grpc_gateway_python.http_rules import Rule, RuleError, rules_of
from codegen.grpc_gateway_python.kinds import is_map
from codegen.grpc_gateway_python.path_template import Template, TemplateError, Variable, parse
from codegen.protoc_plugin import ContractError, Contracts

OPENAPI_OPERATION: Final = "grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation"
SUCCESS_DEFAULT: Final = 200


@dataclass(frozen=True)
class PathField:
    """A path variable and the fields that lead to the one it sets."""

    variable: Variable
    fields: tuple[FieldDescriptor, ...]


@dataclass(frozen=True)
class Operation:
    """One HTTP binding of one method."""

    id: str
    method: MethodDescriptor
    rule: Rule
    template: Template
    path_fields: tuple[PathField, ...]
    body_field: FieldDescriptor | None
    response_field: FieldDescriptor | None
    status: int

    @property
    def name(self) -> str:
        """The operation in snake_case, for the names of its functions."""
        return inflection.underscore(self.id)

    @property
    def rpc(self) -> str:
        """The path of the gRPC method."""
        return f"/{self.method.containing_service.full_name}/{self.method.name}"


def operations_of(
    contracts: Contracts, file: FileDescriptor, lines: dict[str, str], *, unbound: bool
) -> Iterator[Operation]:
    """Yields the operations of a file's services, in the contract's order.

    Raises:
        ContractError: a rule can't be served; the text says where and why.
    """
    for service in file.services_by_name.values():
        for method in service.methods:
            try:
                yield from _operations(contracts, service, method, unbound=unbound)
            except (RuleError, TemplateError) as error:
                place = lines.get(method.full_name, file.name)
                raise ContractError(f"{place}: {method.full_name}: {error}") from None


def _operations(
    contracts: Contracts, service: ServiceDescriptor, method: MethodDescriptor, *, unbound: bool
) -> Iterator[Operation]:
    rules = rules_of(contracts, method, unbound=unbound)
    if rules and method.client_streaming:
        raise RuleError("streams requests, which HTTP/1.1 clients can't do")
    openapi = _openapi_of(contracts, method)
    base = (openapi.operation_id if openapi else "") or f"{service.name}_{method.name}"
    for index, rule in enumerate(rules):
        template = parse(rule.path)
        yield Operation(
            # protoc-gen-openapiv2 names additional bindings so.
            id=base if index == 0 else f"{base}{index + 1}",
            method=method,
            rule=rule,
            template=template,
            path_fields=tuple(_path_field(method, each) for each in template.variables),
            body_field=_field(method.input_type, rule.body) if rule.body not in {"", "*"} else None,
            response_field=_field(method.output_type, rule.response_body)
            if rule.response_body
            else None,
            status=_status(openapi),
        )


def _path_field(method: MethodDescriptor, variable: Variable) -> PathField:
    message = method.input_type
    fields: list[FieldDescriptor] = []
    for name in variable.field_path.split("."):
        if fields and (fields[-1].message_type is None or fields[-1].is_repeated):
            raise RuleError(f"{{{variable.field_path}}}: {fields[-1].name} has no fields")
        fields.append(_field(fields[-1].message_type if fields else message, name))
    if is_map(fields[-1]):
        raise RuleError(f"{{{variable.field_path}}}: a path can't hold a map")
    return PathField(variable, tuple(fields))


def _field(message: Any, name: str) -> FieldDescriptor:
    field: FieldDescriptor | None = message.fields_by_name.get(name)
    if field is None:
        raise RuleError(f"{message.full_name} has no field {name!r}")
    return field


def _openapi_of(contracts: Contracts, method: MethodDescriptor) -> Any:
    try:
        contracts.pool.FindExtensionByName(OPENAPI_OPERATION)
    except KeyError:
        return None
    return contracts.option(method, OPENAPI_OPERATION)


def _status(openapi: Any) -> int:
    successes = (
        sorted(code for code in openapi.responses if code.startswith("2")) if openapi else []
    )
    if len(successes) > 1:
        raise RuleError(f"declares several successes: {', '.join(successes)}")
    return int(successes[0]) if successes else SUCCESS_DEFAULT
