"""Finds the document's operations, and refines their parameters and success responses."""

import re
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python._contracts.bindings import Binding, bindings_of, service_names
from grpc_gateway_python._contracts.resolved_bindings import update_mask_of
from grpc_gateway_python.openapi.definitions import add_numbers, with_keywords, without_unspecified
from grpc_gateway_python.openapi.document import DEFINITIONS, Json
from protoc_plugin_kit.http_rules import Rule
from rpc_contract.generator.reasons import Reason

OPERATION_OPTION = "grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation"
DEFAULT_SUCCESS = "200"
BLAND = "A successful response."
"""protoc-gen-openapiv2's description of a response that is a whole message."""
HTTP_BODY = "google.api.HttpBody"
RAW = {"type": "string", "format": "binary"}
ANY_TYPE = "*/*"
VARIABLE = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class DocumentOperation:
    """One HTTP binding of a method: a path with a verb."""

    path: str
    verb: str
    method: MethodDescriptor
    rule: Rule
    node: Json
    reasons: dict[str, list[Reason]] = field(default_factory=dict)
    """HTTP status → the reasons of the errors with this status."""

    @property
    def parameters(self) -> list[Json]:
        """All parameters, including the body."""
        parameters: list[Json] = self.node.setdefault("parameters", [])
        return parameters

    @property
    def body(self) -> Json | None:
        """The body parameter."""
        return next((parameter for parameter in self.parameters if parameter["in"] == "body"), None)

    @property
    def success(self) -> tuple[str, Json]:
        """The first 2xx status code with its response."""
        return next((code, node) for code, node in self.node["responses"].items() if code[0] == "2")


def document_operations_of(
    contract: Annotations, document: Json, *, unbound: bool
) -> list[DocumentOperation]:
    """Returns the operations in the document's order, and sets their ids to those of the gateway.

    Raises:
        ContractError: Two methods would have the same operation id.
    """
    bindings = bindings_of(contract.contracts, unbound=unbound)
    operations = []
    for path, item in document["paths"].items():
        for verb, node in item.items():
            binding = _binding(bindings, verb, path, node["operationId"])
            bindings.remove(binding)
            node["operationId"] = binding.id
            operations.append(DocumentOperation(path, verb, binding.method, binding.rule, node))
    return operations


def _binding(bindings: list[Binding], verb: str, path: str, upstream_id: str) -> Binding:
    """Returns the binding from which protoc-gen-openapiv2 made an operation.

    The plugin's operation ids are not unique, and the plugin renames the variables of paths that differ only in them.
    The comparison is therefore by id, verb and path without variable names.
    """
    named = [binding for binding in bindings if binding.upstream_id == upstream_id]
    shape = (verb, VARIABLE.sub("{}", path))
    fitting = (
        binding
        for binding in named
        if (binding.rule.http_method.lower(), VARIABLE.sub("{}", binding.rule.path)) == shape
    )
    return next(fitting, named[0])


def refine_tags(contract: Annotations, document: Json, operations: list[DocumentOperation]) -> None:
    """Gives services with equal names different tags; protoc-gen-openapiv2 has one tag for all of them."""
    services = [
        service for file in contract.contracts.files for service in file.services_by_name.values()
    ]
    names = service_names(services)
    for operation in operations:
        service = operation.method.containing_service
        if operation.node.get("tags") == [service.name]:
            operation.node["tags"] = [names[service.full_name]]
    tags = {tag["name"]: tag for tag in document.get("tags", [])}
    for service in services:
        name = names[service.full_name]
        if name != service.name and service.name in tags:
            comment = contract.contracts.comments.get(service.full_name)
            description = {"description": comment} if comment else {}
            tags[name] = {**tags[service.name], **description, "name": name}
    document["tags"] = list(tags.values())


def field_at(contract: Annotations, message: Descriptor, path: str) -> FieldDescriptor | None:
    """Returns the field at a dotted path such as `filter.user_id`."""
    first, _, rest = path.partition(".")
    field = contract.field(message, first)
    if not rest or field is None:
        return field
    return field_at(contract, field.message_type, rest) if field.message_type is not None else None


def body_field(message: Descriptor, path: str) -> FieldDescriptor:
    """Returns the field that a rule's `body` or `response_body` names, such as `order.item`."""
    *owners, name = path.split(".")
    for owner in owners:
        # Never a scalar: protoc-gen-openapiv2 rejects these paths.
        inner: Any = message.fields_by_name[owner].message_type
        message = inner
    return message.fields_by_name[name]


def refine_parameters(contract: Annotations, operation: DocumentOperation) -> None:
    """Adds the rules of the fields to path and query parameters."""
    patches = operation.verb == "patch" and operation.body is not None
    mask = update_mask_of(operation.method.input_type) if patches else None
    for parameter in operation.parameters:
        if parameter["in"] not in ("path", "query"):
            continue
        field = field_at(contract, operation.method.input_type, parameter["name"])
        if field is None:
            continue
        keywords = contract.rules(field).keywords
        if pattern := parameter.get("pattern"):
            parameter["pattern"] = f"^{pattern}$"  # protoc-gen-openapiv2 doesn't anchor it
        refined = with_keywords(parameter, keywords)
        without_unspecified(refined, field)
        add_numbers(refined, field)
        if "example" in refined:
            refined["x-example"] = refined.pop("example")  # parameters have no `example` in 2.0
        if parameter["in"] == "query":
            # The update mask is optional: the gateway derives it from the body of a PATCH (AIP-134).
            refined["required"] = contract.is_required(field) and field != mask


def refine_raw_bodies(operation: DocumentOperation) -> None:
    """Describes a google.api.HttpBody as the bytes that it contains, not as a message in JSON."""
    body = operation.body
    if body is not None and body["schema"].get("$ref") == DEFINITIONS + HTTP_BODY:
        body["schema"] = dict(RAW)
        operation.node["consumes"] = [ANY_TYPE]
    for response in operation.node["responses"].values():
        if response.get("schema", {}).get("$ref") == DEFINITIONS + HTTP_BODY:
            response["schema"] = dict(RAW)
            operation.node["produces"] = [ANY_TYPE]


def refine_success(contract: Annotations, operation: DocumentOperation) -> None:
    """Keeps only the success codes that the method declares, or 200 if it declares none."""
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
