"""Finds the document's operations and refines their parameters and successes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from codegen.openapi_refiner.contract import Contract
from codegen.openapi_refiner.definitions import with_keywords, without_unspecified
from codegen.openapi_refiner.document import DEFINITIONS, Json
from codegen.protoc_plugin import ContractError

OPERATION_OPTION = "grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation"
DEFAULT_SUCCESS = "200"
BLAND = "A successful response."
"""What upstream says of an answer that is a whole message."""
HTTP_BODY = "google.api.HttpBody"
RAW = {"type": "string", "format": "binary"}
ANY_TYPE = "*/*"
VARIABLE = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Operation:
    """One method under one path and verb."""

    path: str
    verb: str
    method: MethodDescriptor
    response_body: str
    node: Json

    @property
    def parameters(self) -> list[Json]:
        """The parameters, the body among them."""
        parameters: list[Json] = self.node.setdefault("parameters", [])
        return parameters

    @property
    def body(self) -> Json | None:
        """The body parameter."""
        return next((each for each in self.parameters if each["in"] == "body"), None)

    @property
    def success(self) -> tuple[str, Json]:
        """The first 2xx code with its response."""
        return next((code, each) for code, each in self.node["responses"].items() if code[0] == "2")


def operations_of(contract: Contract, document: Json) -> list[Operation]:
    """Returns the operations in the document's order.

    Raises:
        ContractError: two methods would have the same operation id.
    """
    methods = _methods(contract)
    operations = []
    for path, item in document["paths"].items():
        for verb, node in item.items():
            name, number = _split(node["operationId"], methods)
            method = methods[name]
            if name == node["operationId"]:
                number = _number(contract, method, verb, path)
                node["operationId"] = name if number == 1 else f"{name}{number}"
            rule = _binding(contract, method, number)
            operations.append(Operation(path, verb, method, rule, node))
    return operations


def _number(contract: Contract, method: MethodDescriptor, verb: str, path: str) -> int:
    """Returns the number of a binding: upstream gives an id that the contract says to all of them."""
    rule = contract.option(method, "google.api.http")
    for number, each in enumerate([rule, *rule.additional_bindings] if rule else [], start=1):
        pattern = each.WhichOneof("pattern")
        custom = each.custom if pattern == "custom" else None
        its_verb = custom.kind.lower() if custom else pattern
        its_path = custom.path if custom else getattr(each, pattern or "get")
        if its_verb == verb and VARIABLE.sub("{}", its_path) == VARIABLE.sub("{}", path):
            return number
    return 1


def _methods(contract: Contract) -> dict[str, MethodDescriptor]:
    methods: dict[str, MethodDescriptor] = {}
    for method in _all_methods(contract):
        option = contract.option(method, OPERATION_OPTION)
        given = option.operation_id if option is not None else ""
        name = given or f"{method.containing_service.name}_{method.name}"
        if name in methods:
            place = contract.contracts.at(method.full_name)
            raise ContractError(
                f"{place}: has the operation id {name} of {methods[name].full_name}"
            )
        methods[name] = method
    return methods


def _all_methods(contract: Contract) -> Iterator[MethodDescriptor]:
    for file in contract.contracts.files:
        for service in file.services_by_name.values():
            yield from service.methods


def _split(operation_id: str, methods: dict[str, MethodDescriptor]) -> tuple[str, int]:
    """Returns the name of the operation's method and the number of its binding, counted from 1."""
    if operation_id in methods:
        return operation_id, 1
    # A method's own name may end in digits, too: `UpdateV2` and its second binding `UpdateV22`.
    end = len(operation_id) - 1
    while operation_id[:end] not in methods:
        end -= 1
    return operation_id[:end], int(operation_id[end:])


def _binding(contract: Contract, method: MethodDescriptor, number: int) -> str:
    """Returns the response_body of the method's binding; unbound methods have none."""
    rule = contract.option(method, "google.api.http")
    if rule is None:
        return ""
    additional = number - 2  # the second binding is the first additional one
    return str((rule if additional < 0 else rule.additional_bindings[additional]).response_body)


def field_at(contract: Contract, message: Descriptor, path: str) -> FieldDescriptor | None:
    """Returns the field at a dotted path such as `filter.user_id`."""
    first, _, rest = path.partition(".")
    field = contract.field(message, first)
    if not rest or field is None:
        return field
    return field_at(contract, field.message_type, rest) if field.message_type is not None else None


def refine_parameters(contract: Contract, operation: Operation) -> None:
    """Gives path and query parameters the rules of their fields."""
    for parameter in operation.parameters:
        if parameter["in"] not in ("path", "query"):
            continue
        field = field_at(contract, operation.method.input_type, parameter["name"])
        if field is None:
            continue
        keywords = contract.rules(field).keywords
        if pattern := parameter.get("pattern"):
            parameter["pattern"] = f"^{pattern}$"  # upstream leaves a path template unanchored
        refined = with_keywords(parameter, keywords)
        without_unspecified(refined, field)
        if "example" in refined:
            refined["x-example"] = refined.pop("example")  # parameters have no `example` in 2.0
        if parameter["in"] == "query":
            refined["required"] = contract.is_required(field)


def refine_raw_bodies(operation: Operation) -> None:
    """Says that a google.api.HttpBody is what it carries, not a message in JSON."""
    body = operation.body
    if body is not None and body["schema"].get("$ref") == DEFINITIONS + HTTP_BODY:
        body["schema"] = dict(RAW)
        operation.node["consumes"] = [ANY_TYPE]
    for response in operation.node["responses"].values():
        if response.get("schema", {}).get("$ref") == DEFINITIONS + HTTP_BODY:
            response["schema"] = dict(RAW)
            operation.node["produces"] = [ANY_TYPE]


def refine_success(contract: Contract, operation: Operation) -> None:
    """Leaves only the success codes that are true: the declared ones, else 200."""
    responses: dict[str, Any] = operation.node["responses"]
    option = contract.option(operation.method, OPERATION_OPTION)
    declared = [code for code in (option.responses if option is not None else ()) if code[0] == "2"]
    default = responses[DEFAULT_SUCCESS]
    comment = contract.contracts.comments.get(operation.method.output_type.full_name, "")
    if default["description"] == BLAND and comment:
        default["description"] = comment.split("\n\n")[0]
    for code in declared:
        if not responses[code].get("schema"):
            responses[code]["schema"] = default["schema"]
        if code == "204":
            del responses[code]["schema"]
    if declared and DEFAULT_SUCCESS not in declared:
        del responses[DEFAULT_SUCCESS]
