"""The errors of the gateway itself, which responds before or instead of a service.

They are equal for all operations, so every error is one shared response of the document.
"""

from dataclasses import dataclass

import inflection
from google.protobuf.descriptor import EnumDescriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python._contracts.declaration import declared_domain
from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation
from grpc_gateway_python.openapi.errors import description, error_response, headers, http_status
from grpc_gateway_python.openapi.service_errors import meets
from rpc_contract.generator.reasons import Reason, reasons_of

RESPONSES = "#/responses/"
REASONS = "grpc_gateway_python.v1.ErrorReason"


@dataclass(frozen=True)
class GatewayErrors:
    """The domain and the reasons of the gateway's own errors."""

    domain: str = ""
    reasons: tuple[Reason, ...] = ()


def gateway_errors(contract: Annotations) -> GatewayErrors:
    """Returns the errors of the gateway that a file of the contracts declares, or none.

    Raises:
        ContractError: The declaration is wrong.
    """
    domain = declared_domain(contract.contracts)
    if not domain:
        return GatewayErrors()
    enum: EnumDescriptor = contract.contracts.pool.FindEnumTypeByName(REASONS)
    return GatewayErrors(domain, tuple(reasons_of(contract.contracts, enum)))


def refine_gateway_errors(
    contract: Annotations,
    document: Json,
    operations: list[DocumentOperation],
    errors: GatewayErrors,
) -> None:
    """Adds the gateway's errors to the operations in which they can occur."""
    shared: set[str] = set()
    for operation in operations:
        responses = operation.node["responses"]
        for reason in errors.reasons:
            if not meets(contract, operation, reason):
                continue
            status = http_status(reason)
            if status in responses:  # the service has errors with this status
                responses[status]["description"] += f"\n{description([reason])}"
            else:
                responses[status] = {"$ref": RESPONSES + _name(reason)}
                shared.add(reason.name)
        operation.node["responses"] = dict(sorted(responses.items()))
    if shared:
        document["responses"] = {
            _name(reason): _response(reason, errors.domain)
            for reason in errors.reasons
            if reason.name in shared
        }


def _response(reason: Reason, domain: str) -> Json:
    response = error_response([reason], domain, values={}, fields={})
    return response | {"headers": headers(http_status(reason), [reason])}


def _name(reason: Reason) -> str:
    return inflection.camelize(reason.name.lower())
