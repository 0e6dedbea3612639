"""Documents the Location of created resources, which the gateway sends."""

from grpc_gateway_python._contracts.locations import location_of
from grpc_gateway_python._contracts.resolved_bindings import ResolvedBinding
from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation

LOCATION: Json = {
    "type": "string",
    # `uri` would be wrong: JSON Schema means absolute ones.
    "format": "uri-reference",
    "x-required": True,
    "description": "Where the new resource is read, relative to the URL of the request (RFC 3986, section 5.2).",
}


def add_locations(bindings: list[ResolvedBinding], operations: list[DocumentOperation]) -> None:
    """Adds the header to the success response of every operation whose resource another operation reads."""
    created = {binding.id for binding in bindings if location_of(binding, bindings)}
    for operation in operations:
        if operation.node["operationId"] in created:
            operation.success[1].setdefault("headers", {})["Location"] = dict(LOCATION)
