"""Shares error responses: `responses` of the document has those that are equal in all operations that have them.

A response that may have one of several reasons is the operation's own, as is one whose example names values of the
operation, such as its scope.
"""

import inflection

from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation

RESPONSES = "#/responses/"


def share_responses(document: Json, operations: list[DocumentOperation], always: set[str]) -> None:
    """Moves equal responses to `responses`, and refers to them.

    Args:
        document: The document.
        operations: Its operations, with the reasons of their errors.
        always: Reasons whose responses are moved also if only one operation has them.
    """
    places: dict[str, list[tuple[DocumentOperation, str]]] = {}
    for operation in operations:
        for status, reasons in operation.reasons.items():
            if len(reasons) == 1:
                places.setdefault(reasons[0].name, []).append((operation, status))
    shared: Json = {}
    for reason, found in places.items():
        first, *others = [operation.node["responses"][status] for operation, status in found]
        if (others or reason in always) and all(other == first for other in others):
            name = inflection.camelize(reason.lower())
            shared[name] = first
            for operation, status in found:
                operation.node["responses"][status] = {"$ref": RESPONSES + name}
    if shared:
        document["responses"] = dict(sorted(shared.items()))
