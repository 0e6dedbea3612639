"""Links: the response of one operation contains the parameters of another operation.

An operation is linked to every operation whose required parameters all have a source: a field of the resource in the
response with the parameter's name, the resource's `id` for `<resource>_id`, or a parameter of the request. A list is
linked to its next page.
"""

import inflection
from google.protobuf.descriptor import Descriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation, body_field
from protoc_plugin_kit.field_rules import map_entry

Sources = dict[str, str]

# AIP-158.
PAGE_TOKEN = "page_token"  # noqa: S105 - a field's name
PAGE_SIZE = "page_size"
NEXT_PAGE_TOKEN = "next_page_token"  # noqa: S105 - a field's name


def add_links(contract: Annotations, operations: list[DocumentOperation]) -> None:
    """Adds `x-links` to the first success response of every operation."""
    for operation in operations:
        if operation.method.server_streaming:
            continue  # the body of a stream is no JSON, in which a link could name a field
        sources = _sources(contract, operation)
        links: Json = {}
        for target in _nearest_first(operation, operations):
            if target is not operation and (link := _link(target, sources)):
                # Another service may have a method of the same name.
                taken = target.method.name in links
                links[target.node["operationId"] if taken else target.method.name] = link
        if next_page := _next_page(contract, operation, sources):
            links["NextPage"] = next_page
        if links:
            operation.success[1]["x-links"] = dict(sorted(links.items()))


def _nearest_first(
    operation: DocumentOperation, operations: list[DocumentOperation]
) -> list[DocumentOperation]:
    """Returns the operations of the same service, then those of services with other names (not other versions)."""
    service = operation.method.containing_service
    own = [candidate for candidate in operations if candidate.method.containing_service == service]
    others = [
        candidate
        for candidate in operations
        if candidate.method.containing_service.name != service.name
    ]
    return [*own, *others]


def _link(target: DocumentOperation, sources: Sources) -> Json | None:
    needed = [parameter["name"] for parameter in _addressing(target) if parameter["required"]]
    if not needed or not sources.keys() >= set(needed):
        return None
    return {
        "operationId": target.node["operationId"],
        "parameters": {name: sources[name] for name in needed},
        "description": target.node.get("summary", ""),
    }


def _next_page(
    contract: Annotations, operation: DocumentOperation, sources: Sources
) -> Json | None:
    """Returns the link to the list's next page: the response's token with the request's filters (AIP-158)."""
    token = operation.method.input_type.fields_by_name.get(PAGE_TOKEN)
    next_token = operation.method.output_type.fields_by_name.get(NEXT_PAGE_TOKEN)
    if token is None or next_token is None or contract.name(next_token) not in sources:
        return None
    size = operation.method.input_type.fields_by_name.get(PAGE_SIZE)
    same = {
        parameter["name"]: f"$request.{parameter['in']}.{parameter['name']}"
        for parameter in _addressing(operation)
        if size is None or parameter["name"] != contract.name(size)
    }
    return {
        "operationId": operation.node["operationId"],
        "parameters": same | {contract.name(token): sources[contract.name(next_token)]},
        "description": "The next page.",
    }


def _addressing(operation: DocumentOperation) -> list[Json]:
    return [parameter for parameter in operation.parameters if parameter["in"] in ("path", "query")]


def _sources(contract: Annotations, operation: DocumentOperation) -> Sources:
    """Returns the link expression of every available value, by parameter name."""
    request = {
        parameter["name"]: f"$request.{parameter['in']}.{parameter['name']}"
        for parameter in _addressing(operation)
        if parameter["required"]
    }
    response = _response_message(operation)
    if response is None:
        return request
    listed = _listed(contract, response)
    if listed is None:
        return request | _of_resource(contract, response, "")
    # Request parameters take precedence, because an empty list has no first item.
    return _of_resource(contract, *listed) | _of_fields(contract, response, "") | request


def _of_resource(contract: Annotations, resource: Descriptor, place: str) -> Sources:
    sources = _of_fields(contract, resource, place)
    if "id" in sources:
        sources.setdefault(f"{inflection.underscore(resource.name)}_id", sources.pop("id"))
    return sources


def _of_fields(contract: Annotations, message: Descriptor, place: str) -> Sources:
    return {
        contract.name(field): f"$response.body#{place}/{contract.name(field)}"
        for field in message.fields
        if field.message_type is None and contract.is_always_present(field)
    }


def _response_message(operation: DocumentOperation) -> Descriptor | None:
    """Returns the message of the success response, or None if the response is a list or a scalar."""
    name = operation.rule.response_body
    output = operation.method.output_type
    if not name:
        return output
    field = body_field(output, name)
    return None if field.is_repeated else field.message_type


def _listed(contract: Annotations, message: Descriptor) -> tuple[Descriptor, str] | None:
    """Returns the resource that the message lists, and the JSON pointer of the first one; None if it is no list."""
    lists = [
        (field.message_type, f"/{contract.name(field)}/0")
        for field in message.fields
        if field.is_repeated and field.message_type is not None and map_entry(field) is None
    ]
    return lists[0] if len(lists) == 1 else None
