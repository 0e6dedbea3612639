"""Refines the document of protoc-gen-openapiv2, step by step."""

from typing import Any

import inflection
from google.protobuf.descriptor import Descriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python._contracts.resolved_bindings import resolved_bindings_of
from grpc_gateway_python.openapi.access import refine_security
from grpc_gateway_python.openapi.bodies import refine_bodies
from grpc_gateway_python.openapi.definitions import Definitions, Role
from grpc_gateway_python.openapi.document import DEFINITIONS, JSON_TYPE, Json, references
from grpc_gateway_python.openapi.document_operations import (
    DocumentOperation,
    document_operations_of,
    refine_parameters,
    refine_raw_bodies,
    refine_success,
    refine_tags,
)
from grpc_gateway_python.openapi.errors import error_definitions
from grpc_gateway_python.openapi.examples import MISSING, Examples
from grpc_gateway_python.openapi.gateway_errors import gateway_errors, refine_gateway_errors
from grpc_gateway_python.openapi.invalid_requests import violations_of_invalid_request
from grpc_gateway_python.openapi.links import add_links
from grpc_gateway_python.openapi.locations import add_locations
from grpc_gateway_python.openapi.naming import shorten
from grpc_gateway_python.openapi.prose import describe_rules
from grpc_gateway_python.openapi.quirks import parse_defaults, repair
from grpc_gateway_python.openapi.response_schemas import drop_read_only
from grpc_gateway_python.openapi.service_errors import has_service_errors, refine_service_errors
from grpc_gateway_python.openapi.shared_enums import refer_to_enums
from grpc_gateway_python.openapi.shared_responses import share_responses
from grpc_gateway_python.openapi.streams import refine_streams
from protoc_plugin_kit.versions import version_of_content

# The order of the document's members; all other members follow.
ORDER = (
    "swagger",
    "info",
    "externalDocs",
    "host",
    "basePath",
    "schemes",
    "consumes",
    "produces",
    "securityDefinitions",
    "security",
    "tags",
    "paths",
    "responses",
    "definitions",
)


def refine(contract: Annotations, document: Json, *, unbound: bool = False) -> Json:
    """Returns the refined Swagger 2.0 document of the contracts.

    Args:
        contract: The contracts.
        document: The document that protoc-gen-openapiv2 made of them.
        unbound: Whether the document has methods without a google.api.http rule.

    Raises:
        ContractError: An option or a rule of the contracts is wrong; the text names the place.
    """
    gateway = gateway_errors(contract)
    # The steps below rely on rules that can be served.
    bindings = resolved_bindings_of(contract.contracts, unbound=unbound)
    repair(document)
    operations = document_operations_of(contract, document, unbound=unbound)
    refine_tags(contract, document, operations)
    for operation in operations:
        summary = inflection.humanize(inflection.underscore(operation.method.name))
        operation.node.setdefault("summary", summary)
        refine_parameters(contract, operation)
        refine_streams(contract, operation)
        refine_raw_bodies(operation)
        refine_success(contract, operation)
    document["definitions"] = _definitions(contract, document, operations)
    refer_to_enums(contract, document["definitions"], operations)
    refine_bodies(contract, document["definitions"], operations)
    examples = Examples(document["definitions"])
    reasons = list(gateway.reasons)
    for operation in operations:
        body = _body_example(examples, operation)
        _add_response_example(examples, operation)
        violations = violations_of_invalid_request(operation, document["definitions"], body)
        request = _request_example(operation, body)
        reasons += refine_service_errors(contract, operation, request, violations, gateway.domain)
        describe_rules(contract, operation)
    refine_security(contract, document, operations)
    add_links(contract, operations)
    add_locations(bindings, operations)
    if any(has_service_errors(contract, operation) for operation in operations):
        document["definitions"] |= error_definitions(
            sorted(reasons, key=lambda reason: reason.name)
        )
        refine_gateway_errors(contract, operations, gateway)
        share_responses(document, operations, {reason.name for reason in gateway.reasons})
    drop_read_only(document["definitions"], operations)
    parse_defaults(document)
    document["security"] = document.get("security", [])  # an empty list declares: no credentials
    refined = shorten(_ordered(document), _scopes(contract))
    info = refined["info"]
    return refined | {"info": info | {"version": version_of_content(info["version"], refined)}}


def _ordered(document: Json) -> Json:
    order = {name: place for place, name in enumerate(ORDER)}
    return dict(sorted(document.items(), key=lambda item: order.get(item[0], len(order))))


def _body_example(examples: Examples, operation: DocumentOperation) -> Any:
    """Returns an example of the body, which its definition then has, or MISSING."""
    if operation.body is None:
        return MISSING
    schema = operation.body["schema"]
    body = examples.compose(schema)
    target = schema.get("$ref", "").removeprefix(DEFINITIONS)
    if target and body is not MISSING:
        return examples.definitions[target].setdefault("example", body)
    return body


def _request_example(operation: DocumentOperation, body: Any) -> Json:
    """Returns the example of the whole request by member and parameter."""
    request = {
        parameter["name"]: parameter["x-example"]
        for parameter in operation.parameters
        if "x-example" in parameter
    }
    return request | body if isinstance(body, dict) else request


def _add_response_example(examples: Examples, operation: DocumentOperation) -> None:
    response = operation.success[1]
    body = examples.compose(response.get("schema", {}))
    if body is not MISSING:
        media_type = operation.node.get("produces", [JSON_TYPE])[0]
        response.setdefault("examples", {}).setdefault(media_type, body)


def _definitions(
    contract: Annotations, document: Json, operations: list[DocumentOperation]
) -> Json:
    roots: dict[Role, set[str]] = {role: set() for role in Role}
    bodies: dict[str, Descriptor] = {}
    for operation in operations:
        if operation.body is not None:
            names = set(references(operation.body))
            roots[Role.REQUEST] |= names
            service = operation.method.containing_service.full_name
            bodies |= {
                name: operation.method.input_type
                for name in names
                if name.startswith(f"{service}.")
            }
        roots[Role.RESPONSE] |= set(references(operation.node["responses"]))
    definitions = Definitions(contract, document["definitions"], bodies, roots)
    for operation in operations:
        if operation.body is not None:
            operation.body["schema"] = definitions.schema(
                operation.body["schema"], None, Role.REQUEST
            )
    return definitions.build()


def _scopes(contract: Annotations) -> set[str]:
    """Returns the prefixes that short names omit: packages, and services (for definitions of bodies)."""
    files = contract.contracts.request.proto_file
    packages = {file.package for file in files}
    return packages | {
        f"{file.package}.{service.name}" for file in files for service in file.service
    }
